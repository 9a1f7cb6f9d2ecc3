import assert from 'node:assert/strict';
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { majorOf, makeDeviceNodes, makeNode, minorOf } from '../../src/loop/device-nodes.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { fileSystem } from '../disk/disk-values.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';
import { cannotLoop } from './in-namespace.js';

test('numbers of devices are taken apart as the C library does', () => {
  assert.deepEqual([majorOf(0x0703), minorOf(0x0703)], [7, 3]);
  assert.deepEqual([majorOf(0x10302), minorOf(0x10302)], [259, 2]);
  assert.deepEqual([majorOf(0x100507), minorOf(0x100507)], [5, 0x107]);
});

test('nodes have the numbers of the devices, and names that lead to them', { skip: cannotLoop }, async (context) => {
  const devDirectory = await temporaryDirectory(context);
  const ports = openDiskPorts();
  await makeNode('/dev/loop0', { devDirectory }, ports);
  await makeNode('/dev/loop0', { devDirectory }, ports);
  const node = lstatSync(join(devDirectory, 'loop0'));
  assert.deepEqual([node.isBlockDevice(), node.rdev, node.mode & 0o777], [true, lstatSync('/dev/loop0').rdev, 0o660]);
  const layout = {
    images: [],
    volumeGroups: [],
    fileSystems: [fileSystem({ type: 'ext4', label: 'my root', atMebibytes: 0, sizeMebibytes: 1 })],
  };
  await makeDeviceNodes({ layout, devices: new Map([['image0', '/dev/loop0']]), devDirectory }, ports);
  assert.equal(readlinkSync(join(devDirectory, 'disk/by-label/my\\x20root')), '../../loop0');
  assert.equal(readlinkSync(join(devDirectory, 'disk/by-uuid/11111111-2222-4333-8444-555555555555')), '../../loop0');
});
