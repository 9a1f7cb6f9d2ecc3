import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileSystemFaults } from '../../src/disk/file-system-faults.js';

test('every file system that nothing makes from a directory is named, with its place and the way out', () => {
  const faults = fileSystemFaults([
    { name: 'mkfs_root', type: 'ext4', mountPoint: '/' },
    { name: 'mkfs_a', type: 'reiserfs', mountPoint: '/a', where: 'my.yaml:7:9' },
    { name: 'mkfs_b', type: 'jfs' },
  ]);
  assert.deepEqual(
    faults.map(({ code, message, hint, where }) => ({ code, message, hint, where })),
    [
      {
        code: 'FILE_SYSTEM_UNSUPPORTED',
        message:
          'file system "mkfs_a" (/a) of type "reiserfs" cannot be made in user space; these can: ext2, ext3, ext4, vfat, fat, msdos, swap, xfs, btrfs',
        hint: 'use another type, or DIB_DISK_MODE=loop (needs root and loop devices)',
        where: 'my.yaml:7:9',
      },
      {
        code: 'FILE_SYSTEM_UNSUPPORTED',
        message:
          'file system "mkfs_b" (not mounted) of type "jfs" cannot be made in user space; these can: ext2, ext3, ext4, vfat, fat, msdos, swap, xfs, btrfs',
        hint: 'use another type, or DIB_DISK_MODE=loop (needs root and loop devices)',
        where: undefined,
      },
    ],
  );
});
