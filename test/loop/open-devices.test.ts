import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildErrors } from '../../src/base/build-error.js';
import { checkPieces, isMounted } from '../../src/loop/open-devices.js';
import type { FileSystemLayout } from '../../src/model/layout.js';
import { fileSystem } from '../disk/disk-values.js';
import { makeSampleTree } from '../disk/sample-tree.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop, runInNamespace } from './in-namespace.js';
import { layoutOf, spanning, volumes } from './loop-layouts.js';

test('volumes in several pieces are refused together', () => {
  const layout = layoutOf(spanning, 128);
  const [root] = layout.fileSystems;
  assert.ok(root !== undefined);
  const twice = { ...layout, fileSystems: [root, { ...root, name: 'mkfs_var', mountPoint: '/var' }] };
  assert.throws(
    () => checkPieces(twice),
    (error: unknown) =>
      error instanceof BuildErrors && error.faults.every(({ code }) => code === 'FILE_SYSTEM_UNSUPPORTED'),
  );
  checkPieces(layoutOf(volumes, 256));
});

test('swap and what has no mount point is not mounted', () => {
  const at = (values: Partial<FileSystemLayout>) =>
    isMounted(fileSystem({ type: 'ext4', atMebibytes: 1, sizeMebibytes: 1, ...values }));
  assert.equal(at({}), true);
  assert.equal(at({ type: 'swap', mountPoint: 'none' }), false);
  const { mountPoint: _, ...unmounted } = fileSystem({ type: 'ext4', atMebibytes: 1, sizeMebibytes: 1 });
  assert.equal(isMounted(unmounted), false);
});

test('every file system is found by its UUID below the nodes of the chroot', { skip: cannotLoop }, async (context) => {
  const directory = await temporaryDirectory(context);
  for (const name of ['tree', 'images', 'work']) await mkdir(join(directory, name));
  await makeSampleTree(join(directory, 'tree'));
  const layout = layoutOf(volumes, 256);
  const found = runInNamespace<{ uuids: string[]; readByUuid: string[]; labels: string[]; devices: string[][] }>(
    'devices',
    { layout, directory },
  );
  assert.deepEqual(found.uuids, layout.fileSystems.map(({ uuid }) => uuid).sort());
  assert.deepEqual(found.readByUuid, found.uuids);
  assert.deepEqual(found.labels.sort(), ['cloudimg-rootfs', 'mkfs_lv_var']);
  assert.deepEqual(
    found.devices.map(([name]) => name),
    ['image0', 'all', 'lv_root', 'lv_var'],
  );
});
