import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mke2fsArguments, populateExt } from '../../src/disk/populate-ext.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { makeSampleTree } from './sample-tree.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;

test('several -E become one, and the rest keeps its order', () => {
  const layout = fileSystem({
    type: 'ext4',
    label: 'root',
    atMebibytes: 1,
    sizeMebibytes: 10,
    options: ['-E', 'resize=1000', '-i', '4096', '-Estride=2', '-J', 'size=64'],
  });
  const request = {
    filePath: '/disk',
    offsetBytes: mebibyte,
    sizeBytes: 10 * mebibyte,
    fileSystem: layout,
    treeDirectory: '/tree',
    workDirectory: '/work',
    isEfiSystemPartition: false,
  };
  assert.deepEqual(mke2fsArguments(request, { hashSeed: 'seed' }), [
    '-t',
    'ext4',
    '-i',
    '4096',
    '-J',
    'size=64',
    '-L',
    'root',
    '-U',
    '11111111-2222-4333-8444-555555555555',
    '-E',
    'resize=1000,stride=2,offset=1048576,root_owner=0:0,hash_seed=seed,lazy_itable_init=0,lazy_journal_init=1',
    '-q',
    '-F',
    '-d',
    '/tree',
    '/disk',
    '10240k',
  ]);
});

const skip = needsRoot || missingPrograms('mke2fs', 'e2fsck', 'setfattr');

for (const { type, options } of [
  { type: 'ext2', options: [] },
  { type: 'ext3', options: [] },
  { type: 'ext4', options: ['-I', '128', '-O', '^metadata_csum,^64bit'] },
  { type: 'ext4', options: ['-b', '1024', '-O', 'metadata_csum_seed'] },
])
  test(`${type} ${options.join(' ')} passes its check after times and root were set`, { skip }, async (context) => {
    const directory = await temporaryDirectory(context);
    const treeDirectory = join(directory, 'tree');
    await mkdir(treeDirectory, { mode: 0o711 });
    await makeSampleTree(treeDirectory);
    const filePath = join(directory, 'disk');
    const file = await open(filePath, 'w');
    await file.truncate(41 * mebibyte);
    await file.close();
    const layout = fileSystem({ type, atMebibytes: 1, sizeMebibytes: 40, options, mountPoint: '/srv' });
    const common = { filePath, treeDirectory, workDirectory: directory, isEfiSystemPartition: false };
    const place = { offsetBytes: mebibyte, sizeBytes: 40 * mebibyte, sourceDateEpochSeconds: 1_500_000_000 };
    await populateExt({ ...common, ...place, fileSystem: layout }, openDiskPorts());
    execFileSync('e2fsck', ['-fn', `${filePath}?offset=${mebibyte}`], { stdio: 'pipe' });
    const stat = (name: string) =>
      execFileSync('debugfs', ['-R', `stat ${name}`, `${filePath}?offset=${mebibyte}`], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    assert.match(stat('/'), /Mode: {2}0711/);
    // The tree is of 2020, the source date of 2017.
    for (const kind of ['atime', 'ctime', 'mtime']) assert.match(stat('/bin/su'), new RegExp(`${kind}: 0x59682f00`));
  });
