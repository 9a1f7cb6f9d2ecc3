import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHolders, isMountPoint, releaseMount } from '../../src/loop/release-mount.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

test('a directory that nothing is mounted on is left alone', async (context) => {
  const directory = await temporaryDirectory(context);
  await releaseMount({ mountPoint: directory, isTrimmed: true }, openDiskPorts());
  assert.deepEqual([await isMountPoint(directory), await isMountPoint('/proc')], [false, true]);
});

test('a process that works in a directory is found', async (context) => {
  const directory = await temporaryDirectory(context);
  const before = process.cwd();
  process.chdir(directory);
  context.after(() => process.chdir(before));
  const [holder, ...more] = await findHolders(directory);
  assert.deepEqual([holder?.pid, holder?.path, more], [process.pid, directory, []]);
});
