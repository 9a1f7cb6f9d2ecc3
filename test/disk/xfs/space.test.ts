import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeShortBlock, openXfsSpace, writeXfsSpace, type XfsBytes } from '../../../src/disk/xfs/space.js';
import { geometry, openMemory } from './xfs-values.js';

const small = { ...geometry, groupCount: 2 };

/** Two groups with 10 free blocks from 6 and 1000 from 24. */
function openGroups(): XfsBytes {
  const bytes = openMemory();
  for (const group of [0, 1]) {
    const base = group * small.groupBlocks * 4096;
    const header = Buffer.alloc(512);
    header.writeUInt32BE(1, 16);
    header.writeUInt32BE(2, 20);
    header.writeUInt32BE(1, 28);
    bytes.write(base + 512, header);
    const leaf = encodeShortBlock(small, { magic: 'AB3B', place: { group, block: 1 }, level: 0, recordCount: 2 });
    for (const [index, value] of [6, 10, 24, 1000].entries()) leaf.writeUInt32BE(value, 56 + index * 4);
    bytes.write(base + 4096, leaf);
  }
  return bytes;
}

test('blocks are taken from the front, aligned ones leave their gap free', () => {
  const space = openXfsSpace(small, openGroups());
  assert.deepEqual(space.takeAligned(8, 8), { group: 0, block: 8, blockCount: 8 });
  assert.deepEqual(space.take(5), { group: 0, block: 6, blockCount: 2 });
  assert.deepEqual(space.takeOne(), { group: 0, block: 24, blockCount: 1 });
  assert.deepEqual(space.takeIn(1), { group: 1, block: 6, blockCount: 1 });
  assert.equal(space.takenIn(0), 11);
  assert.deepEqual(space.freeIn(0), [{ group: 0, block: 25, blockCount: 999 }]);
});

test('a fiftieth of each group is kept until nothing else is left', () => {
  const space = openXfsSpace(small, openGroups());
  const taken: string[] = [];
  for (let blocks = 0; blocks < 2020; ) {
    const { group, blockCount } = space.take(5000);
    taken.push(`${blockCount} in ${group}`);
    blocks += blockCount;
  }
  assert.deepEqual(taken, ['10 in 0', '979 in 0', '10 in 1', '979 in 1', '21 in 0', '21 in 1']);
  assert.throws(() => space.takeOne(), { code: 'LAYOUT_TOO_SMALL' });
});

test('counts and both trees are written back', () => {
  const bytes = openGroups();
  const space = openXfsSpace(small, bytes);
  space.takeAligned(8, 8);
  writeXfsSpace(small, space, bytes);
  const header = bytes.read(512, 512);
  assert.deepEqual([header.readUInt32BE(52), header.readUInt32BE(56)], [1002, 1000]);
  const records = (block: number) => {
    const leaf = bytes.read(block * 4096, 4096);
    const values = Array.from({ length: leaf.readUInt16BE(6) * 2 }, (_, index) => leaf.readUInt32BE(56 + index * 4));
    return [leaf.toString('latin1', 0, 4), ...values];
  };
  assert.deepEqual(records(1), ['AB3B', 6, 2, 24, 1000]);
  assert.deepEqual(records(2), ['AB3C', 6, 2, 24, 1000]);
});
