import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { encodeSwapHeader, populateSwap } from '../../src/disk/swap.js';
import { missingPrograms } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const uuid = '11111111-2222-4333-8444-555555555555';

test('the first page is the one that mkswap writes', { skip: missingPrograms('mkswap') }, async (context) => {
  const path = `${await temporaryDirectory(context)}/swap`;
  await writeFile(path, '', { mode: 0o600 });
  await truncate(path, 1_000_000);
  execFileSync('mkswap', ['-L', 'fifteen letters', '-U', uuid, path], { stdio: 'pipe' });
  const expected = (await readFile(path)).subarray(0, 4096);
  const page = encodeSwapHeader({ sizeBytes: 1_000_000, pageSizeBytes: 4096, uuid, label: 'fifteen letters' });
  assert.deepEqual(page, expected);
});

test('a label of 16 bytes is refused instead of cut', () => {
  assert.throws(
    () => encodeSwapHeader({ sizeBytes: 1_000_000, pageSizeBytes: 4096, uuid, label: 'sixteen letters!' }),
    {
      code: 'LAYOUT_INVALID',
      message: 'swap label "sixteen letters!" has 16 bytes, 15 fit',
    },
  );
});

test('an area of nine pages is refused', () => {
  assert.throws(() => encodeSwapHeader({ sizeBytes: 40_000, pageSizeBytes: 4096, uuid, label: 'swap' }), {
    code: 'LAYOUT_INVALID',
    message: 'swap area "swap" of 40000 bytes is too small, 40960 are needed',
  });
});

test('the target may have larger pages, and the header goes to its offset', async (context) => {
  const workDirectory = await temporaryDirectory(context);
  const filePath = `${workDirectory}/disk`;
  await writeFile(filePath, Buffer.alloc(3 * 1024 * 1024));
  const layout = fileSystem({ type: 'swap', label: 'big', atMebibytes: 1, sizeMebibytes: 2, options: ['-p', '65536'] });
  const common = { filePath, workDirectory, treeDirectory: workDirectory, isEfiSystemPartition: false };
  await populateSwap({ ...common, offsetBytes: 1024 * 1024, sizeBytes: 2 * 1024 * 1024, fileSystem: layout });
  const bytes = await readFile(filePath);
  assert.equal(bytes.toString('latin1', 1024 * 1024 + 65526, 1024 * 1024 + 65536), 'SWAPSPACE2');
  assert.equal(bytes.readUInt32LE(1024 * 1024 + 1028), 31);
});
