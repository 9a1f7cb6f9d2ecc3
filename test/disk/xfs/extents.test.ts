import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeExtentFork, extentCapacity, joinExtents } from '../../../src/disk/xfs/extents.js';
import type { XfsSpace } from '../../../src/disk/xfs/space.js';
import { geometry } from './xfs-values.js';

let next = 1000;
const space = { takeOne: () => ({ group: 3, block: next++ }) } as unknown as XfsSpace;

test('neighbours are joined, long runs are cut to 21 bits', () => {
  const at = (fileBlock: number, block: number, blockCount: number) => ({
    fileBlock,
    place: { group: 0, block },
    blockCount,
  });
  assert.deepEqual(joinExtents([at(0, 10, 2), at(2, 12, 3), at(6, 15, 1), at(7, 17, 1)]), [
    at(0, 10, 5),
    at(6, 15, 1),
    at(7, 17, 1),
  ]);
  assert.deepEqual(joinExtents([at(0, 10, 2 ** 21)]), [at(0, 10, 2 ** 21 - 1), at(2 ** 21 - 1, 10 + 2 ** 21 - 1, 1)]);
});

test('an extent has 54 bits of file block, 52 of block and 21 of count', () => {
  const extents = [{ fileBlock: 5, place: { group: 1, block: 7 }, blockCount: 3 }];
  const { format, fork } = encodeExtentFork(geometry, { extents, forkSizeBytes: 336, owner: 131 }, space);
  assert.equal(format, 'extents');
  assert.equal(fork.readBigUInt64BE(0), 5n << 9n);
  assert.equal(fork.readBigUInt64BE(8), (131_079n << 21n) | 3n);
});

test('more extents than fit go into leaves that know their neighbours', () => {
  const extents = Array.from({ length: 300 }, (_, index) => ({
    fileBlock: index * 2,
    place: { group: 0, block: 100 + index * 3 },
    blockCount: 1,
  }));
  next = 1000;
  const { format, fork, treeBlocks } = encodeExtentFork(geometry, { extents, forkSizeBytes: 336, owner: 131 }, space);
  assert.equal(format, 'btree');
  assert.deepEqual([fork.readUInt16BE(0), fork.readUInt16BE(2)], [1, 2]);
  assert.deepEqual([fork.readBigUInt64BE(4), fork.readBigUInt64BE(12)], [0n, 502n]);
  const blockNumber = (block: number) => BigInt(3 * 131_072 + block);
  assert.deepEqual([fork.readBigUInt64BE(164), fork.readBigUInt64BE(172)], [blockNumber(1000), blockNumber(1001)]);
  const [first, second] = treeBlocks.map(({ bytes }) => bytes);
  assert.deepEqual([first?.readUInt16BE(6), second?.readUInt16BE(6)], [251, 49]);
  assert.deepEqual([first?.readBigUInt64BE(8), first?.readBigUInt64BE(16)], [2n ** 64n - 1n, blockNumber(1001)]);
  assert.deepEqual([second?.readBigUInt64BE(8), second?.readBigUInt64BE(16)], [blockNumber(1000), 2n ** 64n - 1n]);
  assert.equal(extentCapacity(geometry, 336), 20 * 251);
});
