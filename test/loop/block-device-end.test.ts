import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  cleanupBlockDevice,
  deleteBlockDevice,
  umountBlockDevice,
  writeFstab,
} from '../../src/loop/block-device-end.js';
import { stateFilesOf } from '../../src/loop/block-device-files.js';
import { initBlockDevice } from '../../src/loop/block-device-life.js';
import type { BlockDevicePlugin } from '../../src/loop/block-device-plugin.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

const root = '- local_loop: { name: image0, mkfs: { name: mkfs_root, mount: { mount_point: /, fstab: {} } } }\n';

/** A state as `create` leaves it, with two nodes of a plugin that note what is asked of them. */
async function prepare(context: TestContext) {
  const buildDirectory = await temporaryDirectory(context);
  const notes: string[] = [];
  const plugin: BlockDevicePlugin = {
    name: 'noted',
    open: (entry) => [
      {
        name: String(entry.name),
        create: async () => undefined,
        umount: async () => {
          notes.push(`umount ${entry.name}`);
          if (entry.name === 'second') throw new Error('second is busy');
        },
        delete: async () => void notes.push(`delete ${entry.name}`),
        cleanup: async () => void notes.push(`cleanup ${entry.name}`),
      },
    ],
  };
  const call = { parameters: { 'build-dir': buildDirectory }, plugins: [plugin] };
  await initBlockDevice(call, `${root}- noted: { name: first }\n- noted: { name: second }\n`, 'test');
  const files = stateFilesOf(buildDirectory);
  const imagePath = join(buildDirectory, 'image0.raw');
  await writeFile(imagePath, '');
  await files.writeState({});
  await files.writeNodes([{ kind: 'image', path: imagePath }]);
  return { call, notes, imagePath, directory: files.directory };
}

test('one that fails does not keep the others from being released', async (context) => {
  const { call, notes } = await prepare(context);
  await assert.rejects(umountBlockDevice(call, openDiskPorts()), /second is busy/);
  assert.deepEqual(notes, ['umount second', 'umount first']);
});

test('delete removes images and state whatever could not be released', async (context) => {
  const { call, notes, imagePath, directory } = await prepare(context);
  await assert.rejects(deleteBlockDevice(call, openDiskPorts()), /second is busy/);
  assert.deepEqual(notes, ['umount second', 'umount first', 'delete second', 'delete first']);
  assert.deepEqual([existsSync(imagePath), existsSync(directory)], [false, false]);
});

test('cleanup keeps the image, and needs something to clean up', async (context) => {
  const { call, notes, imagePath } = await prepare(context);
  await writeFstab(call);
  await cleanupBlockDevice(call);
  assert.deepEqual(notes, ['cleanup second', 'cleanup first']);
  assert.equal(existsSync(imagePath), true);
  await assert.rejects(cleanupBlockDevice(call), /the node dump nodes\.json not found/);
  assert.equal(await umountBlockDevice(call, openDiskPorts()), false);
});
