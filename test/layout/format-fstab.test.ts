import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFstab } from '../../src/layout/format-fstab.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { efiLayout, mbrLvmLayout } from './stock-layouts.js';

const defaults = { rootFileSystemType: 'ext4' };
const fstabOf = (text: string) => {
  const { mounts, fileSystems } = parseLayout({ text, origin: 't', defaults });
  return formatFstab(mounts, fileSystems);
};

test('the efi layout', () => {
  assert.equal(
    fstabOf(efiLayout),
    'LABEL=cloudimg-rootfs / ext4 defaults 0 1\nLABEL=MKFS_ESP /boot/efi vfat defaults 0 2\n',
  );
});

test('swap is none with sw, fat is vfat', () => {
  assert.equal(
    fstabOf(mbrLvmLayout.replace('base: boot, type: ext4', 'base: boot, type: fat')),
    'LABEL=cloudimg-rootfs / ext4 defaults 0 1\nLABEL=MKFS_BOOT /boot vfat defaults 0 1\nLABEL=mkfs_var /var ext4 defaults 0 2\nLABEL=mkfs_swap none swap sw 0 0\n',
  );
});

test('blanks and backslashes are written in octal', () => {
  const text =
    '- local_loop: { name: d, mkfs: { type: ext4, label: "my disk", mount: { mount_point: "/a b\\tc\\\\d", fstab: { options: "x y#" } } } }';
  assert.equal(fstabOf(text), 'LABEL=my\\040disk /a\\040b\\011c\\134d ext4 x\\040y\\043 0 2\n');
});

test('without fstab entries there is no file', () => {
  assert.equal(fstabOf('- local_loop: { name: d, mkfs: { type: ext4, mount: { mount_point: / } } }'), undefined);
});
