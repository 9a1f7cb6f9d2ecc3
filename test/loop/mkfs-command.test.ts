import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkfsCommand, takesUuid } from '../../src/loop/mkfs-command.js';

function words(type: string, label: string, uuid: string, options: readonly string[] = []): string {
  const { program, arguments: rest } = mkfsCommand({ type, label, uuid, options }, '/dev/loop0p1');
  return [program, ...rest].join(' ');
}

test('the words stand in the documented order', () => {
  assert.equal(words('xfs', 'mkfs_root', 'root-uuid'), 'mkfs -t xfs -L mkfs_root -m uuid=root-uuid -q /dev/loop0p1');
  assert.equal(
    words('ext4', 'root', 'u', ['-i', '4096', '-J', 'size=64']),
    'mkfs -t ext4 -i 4096 -J size=64 -L root -U u -q /dev/loop0p1',
  );
  assert.equal(words('btrfs', 'root', 'u'), 'mkfs -t btrfs -L root -U u -q /dev/loop0p1');
});

test('a FAT gets the volume id of the layout, and the type that the kernel knows', () => {
  assert.equal(words('vfat', 'VARLOG', '12AB-34CD'), 'mkfs -t vfat -n VARLOG -i 12AB34CD /dev/loop0p1');
  assert.equal(words('fat', 'ESP', '12AB-34CD'), 'mkfs -t vfat -n ESP -i 12AB34CD /dev/loop0p1');
});

test('swap is made by mkswap, and only swap', () => {
  assert.equal(words('swap', 'mkfs_swap', 'u', ['-x']), 'mkswap -L mkfs_swap -U u /dev/loop0p1');
  assert.equal(words('wap', 'x', 'u'), 'mkfs -t wap -L x /dev/loop0p1');
});

test('types that take no identifier are known', () => {
  assert.deepEqual(['ext4', 'vfat', 'swap', 'f2fs', 'nilfs2', 'minix'].map(takesUuid), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
