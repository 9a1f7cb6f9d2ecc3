import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte, kibibyte, mebibyte } from '../../src/base/units.js';
import { parseSize } from '../../src/layout/parse-size.js';
import { placeMbr } from '../../src/layout/place-mbr.js';
import type { PartitionTableSpec } from '../../src/model/layout.js';

/** `p SIZE` is primary, `l SIZE` logical. */
function place(sizes: readonly string[], { diskBytes = gibibyte, alignmentBytes = mebibyte } = {}) {
  const table: PartitionTableSpec = {
    name: 'mbr',
    image: 'image0',
    label: 'mbr',
    alignmentBytes,
    partitions: sizes.map((text, index) => {
      const size = parseSize(text.slice(2));
      if (size.kind === 'wrong') throw new Error(size.reason);
      return { name: `part${index}`, size, isLogical: text.startsWith('l'), isBootable: false, mbrType: 0x83 };
    }),
  };
  const { partitions, extended, faults } = placeMbr(table, {
    name: 'image0',
    sizeBytes: diskBytes,
    sectorSizeBytes: 512,
  });
  const lines = [...partitions, ...(extended === undefined ? [] : [{ ...extended, spec: { isLogical: false } }])]
    .sort((a, b) => a.number - b.number)
    .map(({ number, startSector, sectorCount }) => `${number}: ${startSector}-${startSector + sectorCount - 1}`);
  return [...lines, ...faults.map(({ message }) => message)];
}

test('primaries follow each other from the first alignment unit on', () => {
  assert.deepEqual(place([]), []);
  assert.deepEqual(place(['p 10MiB']), ['1: 2048-22527']);
  assert.deepEqual(place(['p 10MiB', 'p 10MiB', 'p 10MiB']), ['1: 2048-22527', '2: 22528-43007', '3: 43008-63487']);
});

test('one logical lies in an extended partition to the end of the disk', () => {
  assert.deepEqual(place(['l 10MiB']), ['1: 2048-2097151', '5: 4096-24575']);
});

test('64 logicals', () => {
  const logicals = Array.from({ length: 64 }, (_, k) => `${5 + k}: ${4096 + 22528 * k}-${4096 + 22528 * k + 20479}`);
  assert.deepEqual(place(Array.from({ length: 64 }, () => 'l 10MiB')), ['1: 2048-2097151', ...logicals]);
});

test('three primaries and seven logicals', () => {
  assert.deepEqual(place([...Array(3).fill('p 10MiB'), ...Array(7).fill('l 10MiB')]), [
    '1: 2048-22527',
    '2: 22528-43007',
    '3: 43008-63487',
    '4: 63488-2097151',
    '5: 65536-86015',
    '6: 88064-108543',
    '7: 110592-131071',
    '8: 133120-153599',
    '9: 155648-176127',
    '10: 178176-198655',
    '11: 200704-221183',
  ]);
});

test('a primary of 100 % leaves one unit at the end', () => {
  assert.deepEqual(place(['p 100%']), ['1: 2048-2095103']);
  assert.deepEqual(place(['p 8MiB', 'p 100%']), ['1: 2048-18431', '2: 18432-2095103']);
});

test('a logical of 100 % ends with the disk', () => {
  assert.deepEqual(place(['l 100%']), ['1: 2048-2097151', '5: 4096-2097151']);
});

// The original keeps odd ends (1132297, 1519615, 1550437, 1559858 here), which hurts file systems of 4 KiB blocks;
// sizes are rounded down to the alignment instead, and what follows moves up.
test('percentages of a primary and of logicals are rounded down to units', () => {
  assert.deepEqual(place(['p 54%', 'l 40%', 'l 5%', 'l 1%']), [
    '1: 2048-1130495',
    '2: 1130496-2097151',
    '5: 1132544-1517567',
    '6: 1519616-1548287',
    '7: 1550336-1554431',
  ]);
});

// The original: 2048-21578, 24576-44106, 47104-86165.
test('decimal sizes are rounded down to units', () => {
  assert.deepEqual(place(['p 10MB', 'l 10MB', 'l 20MB']), [
    '1: 2048-20479',
    '2: 20480-2097151',
    '5: 22528-40959',
    '6: 43008-81919',
  ]);
});

// The original: 4096-5193194, 5195776-10462207, 10465280-15728639.
test('shares of a disk of 7.5 GiB', () => {
  assert.deepEqual(place(['l 33%', 'l 50%', 'l 100%'], { diskBytes: 7.5 * gibibyte }), [
    '1: 2048-15728639',
    '5: 4096-5191679',
    '6: 5193728-10461183',
    '7: 10463232-15728639',
  ]);
});

// The original: logical 20608-40138.
test('an alignment of 32 KiB', () => {
  assert.deepEqual(place(['p 10MiB', 'l 10MB'], { alignmentBytes: 32 * kibibyte }), [
    '1: 64-20543',
    '2: 20544-2097151',
    '5: 20608-40127',
  ]);
});

test('a partition smaller than a unit takes one', () => {
  assert.deepEqual(place(['p 1KiB', 'p 100%']), ['1: 2048-4095', '2: 4096-2095103']);
});

test('what does not fit is named with what is missing', () => {
  assert.deepEqual(place(['p 2GiB']), [
    'partition "part0" needs 2 GiB (2147483648 bytes), but 1023 MiB (1072693248 bytes) are free for it on image0, a disk of 1 GiB (1073741824 bytes): 1 GiB (1074790400 bytes) missing',
  ]);
  assert.deepEqual(place(['p 1023MiB', 'p 50%']), [
    '1: 2048-2097151',
    'partition "part1" needs 50 %, but 0 bytes are free for it on image0, a disk of 1 GiB (1073741824 bytes): 1 MiB (1048576 bytes) missing',
  ]);
});

test('an mbr does not reach beyond 2 TiB', () => {
  assert.deepEqual(place(['p 3TiB'], { diskBytes: 4096 * gibibyte }), [
    'partition "part0" would end beyond 2 TiB of image0, a disk of 4 TiB (4398046511104 bytes); an mbr does not reach there',
  ]);
});
