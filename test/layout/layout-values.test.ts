import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageOfDevice, layoutValues } from '../../src/layout/layout-values.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { efiLvmLayout, gptLayout, mbrLvmLayout, mbrPowerLayout, plainLayout } from './stock-layouts.js';
import { thrownFaults } from './thrown-faults.js';

const parse = (text: string) => parseLayout({ text, origin: 't', defaults: { rootFileSystemType: 'ext4' } });

test('values of the stock layouts', () => {
  assert.deepEqual(layoutValues(parse(plainLayout)), {
    rootLabel: 'cloudimg-rootfs',
    rootFileSystemType: 'ext4',
    bootLabel: '',
    mountPoints: '/',
    rootImage: 'image0',
    bootKind: 'none',
  });
  assert.deepEqual(layoutValues(parse(efiLvmLayout)), {
    rootLabel: 'img-rootfs',
    rootFileSystemType: 'xfs',
    bootLabel: '',
    mountPoints: '/|/boot/efi|/home|/var',
    rootImage: 'image0',
    bootKind: 'efi',
  });
});

test('labels are those on the disk: upper case on vfat, the name by default', () => {
  const text = mbrLvmLayout.replace('base: boot, type: ext4', 'base: boot, type: vfat');
  assert.deepEqual(layoutValues(parse(text)), {
    rootLabel: 'cloudimg-rootfs',
    rootFileSystemType: 'ext4',
    bootLabel: 'MKFS_BOOT',
    mountPoints: '/|/boot|/var|none',
    rootImage: 'image0',
    bootKind: 'mbr',
  });
});

test('the boot kind follows from the partitions, not from the name of an element', () => {
  assert.equal(layoutValues(parse(gptLayout)).bootKind, 'gpt');
  assert.equal(layoutValues(parse(mbrPowerLayout.replace("type: '41'", "type: 'EF'"))).bootKind, 'efi');
});

test('a build needs something at /', () => {
  const text = '- local_loop: { name: image0, mkfs: { type: xfs, mount: { mount_point: /srv } } }';
  assert.deepEqual(
    thrownFaults(() => layoutValues(parse(text))).map(({ message }) => message),
    ['the layout t mounts nothing at /'],
  );
});

test('a device that is none has no image', () => {
  assert.equal(imageOfDevice(parse(plainLayout), 'nothing'), undefined);
});
