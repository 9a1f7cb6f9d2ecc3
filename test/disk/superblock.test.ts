import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { recogniseContent } from '../../src/disk/superblock.js';
import { missingPrograms } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

// Another one each time: mkfs.btrfs refuses one that a device of this machine has, and other tests attach images.
const uuid = randomUUID();
const mebibyte = 1024 * 1024;

const makers = [
  { type: 'ext2', size: 8, words: ['mke2fs', '-q', '-t', 'ext2', '-L', 'name', '-U', uuid] },
  { type: 'ext3', size: 8, words: ['mke2fs', '-q', '-t', 'ext3', '-L', 'name', '-U', uuid] },
  { type: 'ext4', size: 8, words: ['mke2fs', '-q', '-t', 'ext4', '-L', 'name', '-U', uuid] },
  { type: 'xfs', size: 300, words: ['mkfs.xfs', '-q', '-L', 'name', '-m', `uuid=${uuid}`] },
  { type: 'btrfs', size: 120, words: ['mkfs.btrfs', '-q', '-L', 'name', '-U', uuid] },
  { type: 'vfat', size: 8, words: ['mkfs.fat', '-n', 'NAME', '-i', '1234abcd'] },
  { type: 'swap', size: 8, words: ['mkswap', '-L', 'name', '-U', uuid] },
];

for (const { type, size, words } of makers)
  test(`${type} is recognised with label, id and size`, { skip: missingPrograms(words[0] ?? '') }, async (context) => {
    const path = `${await temporaryDirectory(context)}/file`;
    await writeFile(path, '', { mode: 0o600 });
    await truncate(path, size * mebibyte);
    execFileSync(words[0] ?? '', [...words.slice(1), path], { stdio: 'pipe' });
    const bytes = await readFile(path);
    const read = async (offsetBytes: number, lengthBytes: number) =>
      bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
    assert.deepEqual(await recogniseContent(read, 0), {
      type,
      label: type === 'vfat' ? 'NAME' : 'name',
      uuid: type === 'vfat' ? '1234-ABCD' : uuid,
      sizeBytes: size * mebibyte,
    });
  });

test('random bytes and zeros are nothing', async () => {
  assert.equal(await recogniseContent(async (_, lengthBytes) => Buffer.alloc(lengthBytes), 0), undefined);
  assert.equal(await recogniseContent(async (_, lengthBytes) => Buffer.alloc(lengthBytes, 0x5a), 0), undefined);
});
