import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mkfsBtrfsArguments, populateBtrfs } from '../../src/disk/populate-btrfs.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { cannotMount, describeImage } from './mounted-image.js';
import { describeTree, makeSampleTree } from './sample-tree.js';
import { temporaryDirectory } from './temporary-directory.js';

const skip = needsRoot || missingPrograms('mkfs.btrfs', 'btrfs', 'setfattr', 'getfattr') || cannotMount;

test('the kernel finds the tree in a btrfs, and btrfs check is content', { skip }, async (context) => {
  const directory = await temporaryDirectory(context);
  const treeDirectory = join(directory, 'tree');
  await mkdir(treeDirectory);
  await makeSampleTree(treeDirectory);
  const filePath = join(directory, 'btrfs');
  await writeFile(filePath, '');
  const sizeBytes = 256 * 1024 * 1024;
  const request = {
    filePath,
    offsetBytes: 0,
    sizeBytes,
    fileSystem: fileSystem({ type: 'btrfs', label: 'data', atMebibytes: 0, sizeMebibytes: 256 }),
    treeDirectory,
    workDirectory: directory,
    isEfiSystemPartition: false,
  };
  await populateBtrfs(request, openDiskPorts());
  execFileSync('btrfs', ['check', '--readonly', filePath], { stdio: 'pipe' });
  const { lines, root } = await describeImage(filePath, { directory });
  assert.deepEqual(lines, await describeTree(treeDirectory, { hasTimes: true }));
  assert.equal(root, '40755 0:0');
  assert.deepEqual(mkfsBtrfsArguments(request), [
    '-q',
    '-f',
    '-L',
    'data',
    '-U',
    '11111111-2222-4333-8444-555555555555',
    '-b',
    '268435456',
    '--rootdir',
    treeDirectory,
    filePath,
  ]);
});
