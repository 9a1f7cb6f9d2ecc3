import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealXfs } from '../../../src/disk/xfs/geometry.js';
import {
  dataForkSize,
  encodeFreeXfsInode,
  encodeXfsInode,
  retimeXfsInode,
  type XfsInode,
} from '../../../src/disk/xfs/inode.js';
import { geometry } from './xfs-values.js';

const second = 1_000_000_000n;
const times = { accessNs: 1n, modificationNs: 1_600_000_000n * second + 5n, changeNs: 3n, creationNs: 4n };
const file: XfsInode = {
  number: 131,
  mode: 0o100644,
  userId: 1000,
  groupId: 100,
  linkCount: 2,
  times,
  sizeBytes: 5000,
  blockCount: 2,
  dataFormat: 'extents',
  dataFork: Buffer.alloc(16, 0xdd),
  dataExtentCount: 1,
  attributeFormat: 'local',
  attributeFork: Buffer.alloc(19, 0xaa),
};

test('an inode says what it was given, and its attributes lie at its end', () => {
  const bytes = encodeXfsInode(geometry, file);
  assert.equal(bytes.toString('latin1', 0, 2), 'IN');
  assert.deepEqual(
    [bytes.readUInt16BE(2), bytes[4], bytes[5], bytes.readUInt32BE(8), bytes.readUInt32BE(12), bytes.readUInt32BE(16)],
    [0o100644, 3, 2, 1000, 100, 2],
  );
  assert.deepEqual([bytes.readBigUInt64BE(56), bytes.readBigUInt64BE(64), bytes.readUInt32BE(76)], [5000n, 2n, 1]);
  assert.deepEqual([bytes[82], bytes[83]], [(336 - 24) / 8, 1]);
  assert.equal(
    bytes.subarray(176, 192).every((byte) => byte === 0xdd),
    true,
  );
  assert.equal(
    bytes.subarray(176 + 312, 176 + 312 + 19).every((byte) => byte === 0xaa),
    true,
  );
  assert.deepEqual(sealXfs(Buffer.from(bytes), 100), bytes);
});

test('times count from 1901 in nanoseconds, or in seconds and nanoseconds where the format is older', () => {
  assert.equal(encodeXfsInode(geometry, file).readBigUInt64BE(40), (1_600_000_000n + 2n ** 31n) * second + 5n);
  const old = encodeXfsInode({ ...geometry, hasBigTimes: false }, file);
  assert.deepEqual([old.readInt32BE(40), old.readInt32BE(44)], [1_600_000_000, 5]);
  const before = { ...times, modificationNs: -1n };
  const early = retimeXfsInode({ ...geometry, hasBigTimes: false }, old, before);
  assert.deepEqual([early.readInt32BE(40), early.readInt32BE(44)], [-1, 999_999_999]);
});

test('large extent counts have another place', () => {
  const bytes = encodeXfsInode({ ...geometry, hasLargeExtentCounts: true }, { ...file, attributeFormat: 'extents' });
  assert.deepEqual([bytes.readBigUInt64BE(24), bytes.readUInt32BE(76), bytes.readBigUInt64BE(120)], [1n, 1, 24n]);
});

test('devices keep eight bytes beside attributes', () => {
  assert.equal(dataForkSize(geometry, { ...file, dataFormat: 'device' }), 8);
  assert.equal(dataForkSize(geometry, { ...file, attributeFormat: 'none' }), 336);
});

test('an unused inode has a number and nothing else', () => {
  const bytes = encodeFreeXfsInode(geometry, 140);
  assert.deepEqual([bytes.readUInt16BE(2), bytes.readBigUInt64BE(152), bytes.readUInt32BE(96)], [0, 140n, 0xffff_ffff]);
});
