import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { kernelType } from '../../src/loop/mount-file-systems.js';
import { makeSampleTree } from '../disk/sample-tree.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop, runInNamespace } from './in-namespace.js';
import { bootAndRoot, layoutOf } from './loop-layouts.js';

test('the kernel knows every FAT as vfat', () => {
  assert.deepEqual(['fat', 'msdos', 'vfat', 'ext4'].map(kernelType), ['vfat', 'vfat', 'vfat', 'ext4']);
});

test('parents are mounted first, and a busy file system names who holds it', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  for (const name of ['tree', 'images', 'work']) await mkdir(join(directory, name));
  await makeSampleTree(join(directory, 'tree'));
  const tree = join(directory, 'tree');
  const found = runInNamespace<{
    mountPoints: string[];
    holders: string[];
    failure?: string;
    isStill: boolean;
    busy: string;
  }>('mounts and holders', { layout: layoutOf(bootAndRoot, 256), directory });
  assert.deepEqual(found.mountPoints, [tree, join(tree, 'boot')]);
  assert.deepEqual(found.holders, [tree]);
  assert.deepEqual([found.failure, found.isStill], [undefined, false]);
  assert.match(
    found.busy,
    new RegExp(`^${tree} cannot be unmounted: .*busy.*\\n {2}process \\d+ \\(.*\\) uses ${tree}$`),
  );
});
