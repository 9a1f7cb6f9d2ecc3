import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mebibyte } from '../../src/base/units.js';
import { fileSystemNeedBytes, holdsLoad } from '../../src/layout/file-system-need.js';

const load = (contentMib: number, inodeCount: number, options: readonly string[] = []) => ({
  usage: { contentBytes: contentMib * mebibyte, inodeCount },
  options,
});

test('an empty file system has its least size', () => {
  const sizes = ['ext4', 'ext2', 'xfs', 'btrfs', 'vfat', 'swap', 'f2fs'].map((type) => [
    type,
    fileSystemNeedBytes(type, load(0, 0)),
  ]);
  assert.deepEqual(sizes, [
    ['ext4', 6 * mebibyte],
    ['ext2', 5 * mebibyte],
    ['xfs', 300 * mebibyte],
    ['btrfs', 114294784],
    ['vfat', mebibyte],
    ['swap', 40960],
    ['f2fs', 16 * mebibyte],
  ]);
});

test('ext counts inode tables and journal', () => {
  assert.equal(fileSystemNeedBytes('ext4', load(1000, 10000, ['-i', '4096'])), 1175 * mebibyte);
  assert.equal(fileSystemNeedBytes('ext2', load(1000, 10000, ['-i4096'])), 1095 * mebibyte);
  assert.equal(
    fileSystemNeedBytes('ext4', { ...load(1000, 10000, ['-i', '4096']), journalBytesFor: () => 64 * mebibyte }),
    1165 * mebibyte,
  );
});

test('many small files need a larger file system for their inodes', () => {
  assert.equal(fileSystemNeedBytes('ext2', load(10, 1_000_000, ['-i', '16384'])), 15626 * mebibyte);
});

test('below 512 MiB ext has more inodes than just above', () => {
  assert.equal(holdsLoad('ext4', 400 * mebibyte, load(10, 100_000)), true);
  assert.equal(holdsLoad('ext4', 600 * mebibyte, load(10, 100_000)), false);
  assert.equal(holdsLoad('xfs', 299 * mebibyte, load(10, 10)), false);
});

const hasMke2fs = spawnSync('mke2fs', ['-V']).error === undefined;

test('mke2fs fills a file system of the computed size', { skip: hasMke2fs ? false : 'mke2fs is not installed' }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'need-'));
  try {
    const tree = join(directory, 'tree');
    mkdirSync(tree);
    // 16 files of 1 MiB and 3000 small ones.
    for (let index = 0; index < 16; index++)
      writeFileSync(join(tree, `big${index}`), Buffer.alloc(mebibyte, index + 1));
    for (let index = 0; index < 3000; index++) writeFileSync(join(tree, `small${index}`), 'x');
    const usage = { contentBytes: 16 * mebibyte + 3000 * 4096 + 128 * 1024, inodeCount: 3017 };
    const sizeBytes = fileSystemNeedBytes('ext4', { usage, options: [] });
    assert.equal(sizeBytes, 38 * mebibyte);
    const made = spawnSync('mke2fs', [
      '-q',
      '-t',
      'ext4',
      '-d',
      tree,
      join(directory, 'image'),
      `${sizeBytes / 1024}k`,
    ]);
    assert.deepEqual([made.status, made.stderr.toString()], [0, '']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
