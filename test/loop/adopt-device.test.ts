import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { describeTree, makeSampleTree } from '../disk/sample-tree.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop, runInNamespace } from './in-namespace.js';
import { bootAndRoot, layoutOf } from './loop-layouts.js';

interface Adopted {
  readonly device: string;
  readonly imageDevice: string;
  readonly imagePaths: readonly (readonly [string, string])[];
  readonly during: readonly string[];
  readonly after: readonly string[];
  readonly nodes: readonly string[];
  readonly loops: readonly string[];
}

const rootOnly = layoutOf(
  '[{ local_loop: { name: image0, mkfs: { name: mkfs_root, mount: { mount_point: / } } } }]',
  512,
);

async function prepare(context: TestContext): Promise<{ directory: string; before: readonly string[] }> {
  const directory = await temporaryDirectory(context);
  for (const name of ['tree', 'work']) await mkdir(join(directory, name));
  await makeSampleTree(join(directory, 'tree'));
  return { directory, before: await describeTree(join(directory, 'tree')) };
}

test('a device at an offset is made, filled, mounted and found again', { skip: cannotLoop }, async (context) => {
  const { directory, before } = await prepare(context);
  const command = 'truncate -s 64M own.raw; losetup --show -f -o 1048576 "$PWD/own.raw"';
  const adopted = runInNamespace<Adopted>('adopt', { layout: rootOnly, directory, command });
  assert.deepEqual(adopted.during, before);
  assert.deepEqual(adopted.after, before);
  assert.equal(adopted.imageDevice, adopted.device);
  assert.deepEqual(adopted.imagePaths, [['image0', join(directory, 'own.raw')]]);
  assert.deepEqual(adopted.nodes, [adopted.device.slice('/dev/'.length)]);
  assert.deepEqual(adopted.loops, []);
});

test('a file system that the hook made is kept', { skip: cannotLoop }, async (context) => {
  const { directory, before } = await prepare(context);
  const command = 'truncate -s 64M own.raw; mke2fs -q -t ext2 -L hooks own.raw; losetup --show -f "$PWD/own.raw"';
  const adopted = runInNamespace<Adopted>('adopt', {
    layout: { ...rootOnly, fileSystems: rootOnly.fileSystems.map((one) => ({ ...one, type: 'ext2' })) },
    directory,
    command,
  });
  assert.deepEqual(adopted.after, before);
});

test('what is no device, and a layout with more than the root, is refused; no device is left', {
  skip: cannotLoop,
}, async (context) => {
  const { directory } = await prepare(context);
  assert.deepEqual(runInNamespace('adopt', { layout: rootOnly, directory, command: 'echo /dev/null' }), {
    failure: 'a block-device.d hook said IMAGE_BLOCK_DEVICE=/dev/null, which is no block device',
    loops: [],
  });
  const command = 'truncate -s 64M own.raw; losetup --show -f "$PWD/own.raw"';
  assert.deepEqual(runInNamespace('adopt', { layout: layoutOf(bootAndRoot, 256), directory, command }), {
    failure: 'a block-device.d hook made the disk, which has room for / alone, but the layout also has /boot, swap',
    loops: [],
  });
});
