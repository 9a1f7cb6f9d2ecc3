import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setBtrfsDeviceSize } from '../../src/disk/btrfs-device-size.js';
import { populateBtrfs } from '../../src/disk/populate-btrfs.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;
const skip = missingPrograms('mkfs.btrfs', 'btrfs');

async function makeBtrfs(context: TestContext, options: readonly string[] = []): Promise<string> {
  const filePath = join(await temporaryDirectory(context), 'btrfs');
  await writeFile(filePath, '');
  await truncate(filePath, 256 * mebibyte);
  execFileSync('mkfs.btrfs', ['-q', ...options, filePath], { stdio: 'pipe' });
  return filePath;
}

/** Every size that the superblocks and the chunk tree name. */
function sizesIn(filePath: string): readonly string[] {
  const superblocks = execFileSync('btrfs', ['inspect-internal', 'dump-super', '-a', filePath], { encoding: 'utf8' });
  const chunks = execFileSync('btrfs', ['inspect-internal', 'dump-tree', '-t', 'chunk', filePath], {
    encoding: 'utf8',
  });
  return [...`${superblocks}${chunks}`.matchAll(/total_bytes\s+(\d+)/g)].map(([, size]) => size ?? '');
}

for (const options of [[], ['-m', 'single', '-d', 'single'], ['-n', '4096', '-s', '4096']])
  test(`a device made smaller or larger passes the check: ${options.join(' ')}`, { skip }, async (context) => {
    const filePath = await makeBtrfs(context, options);
    for (const sizeBytes of [200 * mebibyte, 300 * mebibyte]) {
      await truncate(filePath, Math.max(sizeBytes, 256 * mebibyte));
      const { allocatedBytes, isFitting } = await setBtrfsDeviceSize({ filePath, sizeBytes: sizeBytes + 1000 });
      assert.equal(isFitting, true);
      assert.ok(allocatedBytes > 10 * mebibyte && allocatedBytes < 150 * mebibyte, String(allocatedBytes));
      await truncate(filePath, sizeBytes);
      // Two superblocks, the device in each of them, and in the chunk tree.
      assert.deepEqual(sizesIn(filePath), Array(5).fill(String(sizeBytes)));
      execFileSync('btrfs', ['check', '--readonly', filePath], { stdio: 'pipe' });
    }
  });

test('a size below what is allocated changes nothing', { skip }, async (context) => {
  const filePath = await makeBtrfs(context);
  const { isFitting } = await setBtrfsDeviceSize({ filePath, sizeBytes: 10 * mebibyte });
  assert.equal(isFitting, false);
  assert.deepEqual(sizesIn(filePath), Array(5).fill(String(256 * mebibyte)));
});

test('a tree of many small files stays within its partition, whatever mkfs guesses', {
  skip: skip || needsRoot,
}, async (context) => {
  const directory = await temporaryDirectory(context);
  const treeDirectory = join(directory, 'tree');
  for (let index = 0; index < 100; index += 1) {
    await mkdir(join(treeDirectory, String(index)), { recursive: true });
    for (let file = 0; file < 100; file += 1)
      await writeFile(join(treeDirectory, String(index), String(file)), `${index} ${file}`);
  }
  await writeFile(join(treeDirectory, 'data'), randomBytes(64 * mebibyte));
  const filePath = join(directory, 'btrfs');
  await writeFile(filePath, '');
  const make = (sizeMebibytes: number) =>
    populateBtrfs(
      {
        filePath,
        offsetBytes: 0,
        sizeBytes: sizeMebibytes * mebibyte,
        fileSystem: fileSystem({ type: 'btrfs', label: 'root', atMebibytes: 0, sizeMebibytes, mountPoint: '/' }),
        treeDirectory,
        workDirectory: directory,
        isEfiSystemPartition: false,
      },
      openDiskPorts(),
    );
  await make(300);
  assert.deepEqual([...new Set(sizesIn(filePath))], [String(300 * mebibyte)]);
  execFileSync('btrfs', ['check', '--readonly', filePath], { stdio: 'pipe' });
  await assert.rejects(make(110), { code: 'LAYOUT_TOO_SMALL' });
});
