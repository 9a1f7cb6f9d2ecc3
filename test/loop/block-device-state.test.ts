import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { describeLayout, deviceAnswer, layoutAnswer } from '../../src/loop/block-device-state.js';
import { layoutOf, volumes } from './loop-layouts.js';

const spec = parseLayout({ text: volumes, origin: 'test', defaults: { rootFileSystemType: 'ext4' } });
const devices = new Map([
  ['image0', '/dev/loop0'],
  ['all', '/dev/loop0p1'],
  ['lv_root', '/dev/loop1'],
  ['lv_var', '/dev/loop2'],
]);
const state = describeLayout({
  spec,
  layout: layoutOf(volumes, 256),
  devices,
  images: ['/img/image0.raw'],
  mountBase: '/mnt',
});

test('volumes, groups and mounts have the known shapes', () => {
  assert.deepEqual(state.blockdev, {
    image0: { device: '/dev/loop0', image: '/img/image0.raw' },
    all: { device: '/dev/loop0p1' },
    lv_root: { vgs: 'vg', size: '83886080', extents: null, opts: null, device: '/dev/loop1' },
    lv_var: { vgs: 'vg', size: '41943040', extents: null, opts: null, device: '/dev/loop2' },
  });
  assert.deepEqual(state.pvs, { pv: { opts: [], device: '/dev/loop0p1' } });
  assert.deepEqual(state.vgs, { vg: { opts: [], devices: ['pv'] } });
  assert.deepEqual(state.sorted_mount_points, [
    ['/', 'mount_mkfs_root'],
    ['/var', 'mount_mkfs_lv_var'],
  ]);
  assert.deepEqual(state.mount_order, ['/', '/var']);
});

test('symbols are answered from the layout or from what was made', () => {
  assert.equal(layoutAnswer('root-label', spec), 'cloudimg-rootfs');
  assert.equal(layoutAnswer('boot-label', spec), '');
  assert.equal(layoutAnswer('image-path', spec), undefined);
  assert.equal(deviceAnswer('image-path', state, 'image0'), '/img/image0.raw');
  assert.equal(deviceAnswer('image-block-device', state, 'image0'), '/dev/loop0');
  assert.match(deviceAnswer('image-block-devices', state, 'image0'), /^ \[image0\]=\/dev\/loop0 {2}\[all\]=/);
  assert.throws(() => deviceAnswer('image-path', {}, 'image0'), /the state has no disk "image0"/);
});
