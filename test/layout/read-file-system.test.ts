import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSystem } from '../../src/layout/read-file-system.js';
import { readFirstEntry } from './first-entry.js';

const read = (keys: string) =>
  readFirstEntry(`- mkfs: { base: b, ${keys} }`, (entry, faults) => readFileSystem(entry, false, faults).fileSystem);

test('the label is the name unless said', () => {
  assert.deepEqual(read('type: ext4, opts: "-m 0"').result, {
    name: 'mkfs_b',
    base: 'b',
    type: 'ext4',
    label: 'mkfs_b',
    options: ['-m', '0'],
    where: 't:1:3',
  });
  assert.equal(read('type: ext4, label: 1234').result.label, '1234');
});

test('FAT labels are upper case, fat is vfat', () => {
  const { result } = read('type: fat, label: varlog, uuid: 12ab34cd');
  assert.deepEqual([result.type, result.label, result.uuid], ['vfat', 'VARLOG', '12AB-34CD']);
});

test('UUIDs have the form of their file system', () => {
  assert.equal(
    read('type: xfs, uuid: B4C2D8E6-0000-4000-8000-123456789ABC').result.uuid,
    'b4c2d8e6-0000-4000-8000-123456789abc',
  );
  assert.deepEqual(read('type: ext4, uuid: 12ab34cd').faults, ['1:38 uuid of mkfs "mkfs_b" is "12ab34cd"']);
  assert.equal(read('type: ntfs, uuid: 0123456789abcdef').result.uuid, '0123456789ABCDEF');
});

test('a type and a label that fits are needed', () => {
  assert.deepEqual(read('opts: x').faults, ['1:3 mkfs "mkfs_b" needs "type"']);
  assert.deepEqual(read('type: vfat, label: a+b').faults, [
    '1:39 label "A+B" of mkfs "mkfs_b" contains "+", which vfat does not take',
  ]);
  assert.deepEqual(read('type: vfat, name: mkfs_partition').faults, [
    '1:3 label "MKFS_PARTITION" of mkfs "mkfs_partition" is 14 bytes long; vfat holds 11',
  ]);
});
