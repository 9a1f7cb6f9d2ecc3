import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseFatShape } from '../../src/disk/fat-shape.js';
import { missingPrograms } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

function shape(sizeMebibytes: number, isEfiSystemPartition: boolean, sectorSizeBytes: 512 | 4096 = 512) {
  const { widthBits, sectorsPerCluster } = chooseFatShape({
    sizeBytes: sizeMebibytes * 1024 * 1024,
    sectorSizeBytes,
    isEfiSystemPartition,
  });
  return [widthBits, sectorsPerCluster];
}

test('an EFI system partition is FAT32 where enough clusters fit', () => {
  assert.deepEqual(shape(550, true), [32, 8]);
  assert.deepEqual(shape(100, true), [32, 2]);
  assert.deepEqual(shape(500, true, 4096), [32, 1]);
  assert.deepEqual(shape(64, true, 4096), [16, 1]);
  assert.deepEqual(shape(20, true), [16, 4]);
});

test('others are as mkfs.fat makes them on a device of their size', () => {
  assert.deepEqual(shape(511, false), [16, 16]);
  assert.deepEqual(shape(512, false), [32, 8]);
  assert.deepEqual(shape(20_000, false), [32, 32]);
  assert.deepEqual(shape(8, false), [16, 1]);
  assert.deepEqual(shape(1, false), [12, 1]);
});

for (const [sizeMebibytes, isEsp, sector] of [
  [1, false, 512],
  [2, false, 512],
  [3, true, 512],
  [8, false, 512],
  [16, false, 512],
  [33, true, 512],
  [34, true, 512],
  [128, true, 512],
  [263, true, 512],
  [265, true, 512],
  [600, false, 512],
  [17, true, 4096],
  [263, true, 4096],
  [265, true, 4096],
] as const)
  test(`a FAT of ${sizeMebibytes} MiB in a larger file is read as what it was made`, {
    skip: missingPrograms('mkfs.fat', 'mcopy', 'mtype', 'fsck.fat', 'blkid'),
  }, async (context) => {
    const directory = await temporaryDirectory(context);
    const path = join(directory, 'disk.raw');
    const file = await open(path, 'w');
    await file.truncate(4 * 1024 ** 3);
    await file.close();
    const offsetBytes = 1024 * 1024;
    const [widthBits, sectorsPerCluster] = shape(sizeMebibytes, isEsp, sector);
    execFileSync(
      'mkfs.fat',
      [
        ...['-F', `${widthBits}`, '-s', `${sectorsPerCluster}`, '-S', `${sector}`],
        ...[`--offset=${offsetBytes / sector}`, path, `${sizeMebibytes * 1024}`],
      ],
      { stdio: 'pipe' },
    );
    await writeFile(join(directory, 'here.txt'), 'here\n');
    const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' };
    execFileSync('mcopy', ['-i', `${path}@@${offsetBytes}`, join(directory, 'here.txt'), '::/'], {
      env,
      stdio: 'pipe',
    });
    assert.equal(
      execFileSync('mtype', ['-i', `${path}@@${offsetBytes}`, '::here.txt'], { env, encoding: 'utf8' }),
      'here\n',
    );
    const version = execFileSync('blkid', ['-p', '-O', `${offsetBytes}`, '-s', 'VERSION', '-o', 'value', path], {
      encoding: 'utf8',
    });
    assert.equal(version, `FAT${widthBits}\n`);
    const part = join(directory, 'part');
    execFileSync('dd', [
      `if=${path}`,
      `of=${part}`,
      'bs=1M',
      'skip=1',
      `count=${sizeMebibytes}`,
      'conv=sparse',
      'status=none',
    ]);
    execFileSync('fsck.fat', ['-n', part], { stdio: 'pipe' });
  });
