import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelFault } from '../../src/layout/file-system-label.js';

test('labels have the limits of the formats', () => {
  const limits: readonly (readonly [string, number, string])[] = [
    ['ext2', 16, 'bytes'],
    ['ext3', 16, 'bytes'],
    ['ext4', 16, 'bytes'],
    ['xfs', 12, 'bytes'],
    ['vfat', 11, 'bytes'],
    ['swap', 15, 'bytes'],
    ['btrfs', 255, 'bytes'],
    ['exfat', 11, 'UTF-16 units'],
    ['f2fs', 512, 'UTF-16 units'],
    ['ntfs', 128, 'UTF-16 units'],
  ];
  for (const [type, count, unit] of limits) {
    assert.equal(labelFault(type, 'x'.repeat(count)), undefined);
    assert.equal(labelFault(type, 'x'.repeat(count + 1)), `is ${count + 1} ${unit} long; ${type} holds ${count}`);
  }
});

test('bytes are counted, not characters', () => {
  assert.equal(labelFault('xfs', 'äöüäöüä'), 'is 14 bytes long; xfs holds 12');
});

test('FAT refuses some characters', () => {
  for (const character of '*?.,;:/\\|+=<>[]"')
    assert.equal(
      labelFault('vfat', `A${character}`),
      `contains ${JSON.stringify(character)}, which vfat does not take`,
    );
  assert.equal(labelFault('vfat', 'MKFS_ESP'), undefined);
});

test('an unknown type takes any label', () => {
  assert.equal(labelFault('zfs', 'x'.repeat(1000)), undefined);
});
