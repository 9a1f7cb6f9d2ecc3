import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type LoopDevice, listLoopDevices, listStaleLoopDevices, releaseLoopDevice } from '../../bench/loop-devices.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from '../loop/in-namespace.js';

const skip = cannotLoop || missingPrograms('addpart', 'delpart');

/** A directory with a disk image that is attached, with a partition. */
async function attachDisk(context: TestContext): Promise<{ readonly directory: string; readonly device: LoopDevice }> {
  const directory = join(await temporaryDirectory(context), 'build');
  mkdirSync(directory);
  execFileSync('truncate', ['--size', '8M', join(directory, 'image0.raw')]);
  execFileSync('losetup', ['--find', join(directory, 'image0.raw')]);
  const [device] = listLoopDevices(directory);
  assert.ok(device);
  context.after(() => releaseLoopDevice(device));
  execFileSync('addpart', [`/dev/${device.disk}`, '1', '2048', '8192']);
  return { directory, device };
}

function hasPartition({ disk }: LoopDevice): boolean {
  return existsSync(`/sys/block/${disk}/${disk}p1`);
}

test('a device is released with its partitions and their links, and no other', { skip }, async (context) => {
  const { directory, device } = await attachDisk(context);
  const other = await attachDisk(context);
  const linkPath = `/dev/mapper/${device.disk}p1`;
  mkdirSync('/dev/mapper', { recursive: true });
  symlinkSync(`../${device.disk}p1`, linkPath);

  releaseLoopDevice(device);

  assert.deepEqual(listLoopDevices(directory), []);
  assert.equal(hasPartition(device), false);
  assert.equal(lstatSync(linkPath, { throwIfNoEntry: false }), undefined);
  assert.deepEqual(listLoopDevices(other.directory), [other.device]);
  assert.equal(hasPartition(other.device), true);
});

test('a device that has another file meanwhile is left alone', { skip }, async (context) => {
  const { directory, device } = await attachDisk(context);
  releaseLoopDevice({ ...device, sequence: 'another' });
  assert.deepEqual(listLoopDevices(directory), [device]);
  assert.equal(hasPartition(device), true);
});

test('a directory whose name begins alike has no devices of this one', { skip }, async (context) => {
  const { directory } = await attachDisk(context);
  mkdirSync(directory.slice(0, -1));
  assert.deepEqual(listLoopDevices(directory.slice(0, -1)), []);
});

test('partitions that stay when their device is detached are stale', { skip }, async (context) => {
  const { device } = await attachDisk(context);
  const isStale = () => listStaleLoopDevices().find(({ disk }) => disk === device.disk);
  assert.equal(isStale(), undefined);
  execFileSync('losetup', ['--detach', `/dev/${device.disk}`]);
  const stale = isStale();
  assert.ok(stale);
  releaseLoopDevice(stale);
  assert.equal(hasPartition(device), false);
  assert.equal(isStale(), undefined);
});
