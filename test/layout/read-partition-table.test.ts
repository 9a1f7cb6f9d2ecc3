import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPartitionTable } from '../../src/layout/read-partition-table.js';
import { readFirstEntry } from './first-entry.js';

const read = (keys: string) =>
  readFirstEntry(`- partitioning: { base: image0, ${keys} }`, (entry, faults) => readPartitionTable(entry, faults));

test('mbr partitions are logical unless flagged, type 83 unless said', () => {
  const { result } = read(
    'label: mbr, align: 32KiB, partitions: [ { name: a, size: 10MiB, flags: [ boot, primary ] }, { name: b, size: 5%, type: 0x8E } ]',
  );
  assert.deepEqual(result.table, {
    name: 'partitioning_image0',
    image: 'image0',
    label: 'mbr',
    alignmentBytes: 32768,
    where: 't:1:3',
    partitions: [
      {
        name: 'a',
        size: { kind: 'bytes', sizeBytes: 10485760 },
        isLogical: false,
        isBootable: true,
        mbrType: 0x83,
        where: 't:1:73',
      },
      {
        name: 'b',
        size: { kind: 'percent', percent: 5 },
        isLogical: true,
        isBootable: false,
        mbrType: 0x8e,
        where: 't:1:125',
      },
    ],
  });
  assert.deepEqual(
    result.nodes.map(({ name, madeAfter }) => [name, madeAfter]),
    [
      ['a', ['image0']],
      ['b', ['image0', 'a']],
    ],
  );
});

test('gpt partitions keep their code', () => {
  const { result } = read('label: gpt, partitions: [ { name: a, size: 1, type: EF02, flags: [ boot ] } ]');
  assert.deepEqual(result.table.partitions, [
    {
      name: 'a',
      size: { kind: 'bytes', sizeBytes: 1 },
      isLogical: false,
      isBootable: true,
      typeCode: 'EF02',
      typeGuid: '21686148-6449-6E6F-744E-656564454649',
      where: 't:1:59',
    },
  ]);
});

test('the table itself must be complete', () => {
  assert.deepEqual(read('partitions: []').faults, ['1:3 partitioning "partitioning_image0" needs "label"']);
  assert.deepEqual(read('label: msdos, partitions: []').faults, [
    '1:40 label of partitioning "partitioning_image0" is "msdos"; it can be mbr or gpt',
  ]);
  assert.deepEqual(read('label: gpt').faults, ['1:3 partitioning "partitioning_image0" needs "partitions"']);
  assert.deepEqual(read('label: mbr, partitions: [], align: 1000').faults, [
    '1:3 align of partitioning "partitioning_image0" is 1000 bytes; it must be a multiple of 512',
  ]);
  assert.deepEqual(read('label: mbr, partitions: [], align: 256').faults, [
    '1:3 align of partitioning "partitioning_image0" is 256 bytes; it must be a multiple of 512',
  ]);
  assert.deepEqual(read('label: gpt, partitions: []').warnings, [
    't:1:3: partitioning "partitioning_image0" has no partitions; the table will be empty',
  ]);
});

test('partitions must be complete', () => {
  assert.deepEqual(read('label: gpt, partitions: [ { } ]').faults, [
    '1:59 a partition needs "name"',
    '1:59 partition "" needs "size"',
  ]);
  assert.deepEqual(read('label: gpt, partitions: [ { name: a, size: 0 } ]').faults, ['1:59 partition "a" has size 0']);
  assert.deepEqual(read('label: gpt, partitions: [ { name: a, size: 120% } ]').faults, [
    '1:76 size of partition "a" must be a size (120 % is more than the 100 % that are free), found "120%"',
  ]);
  assert.deepEqual(read('label: gpt, partitions: [ { name: a, size: 1, type: 448 } ]').faults, [
    '1:85 type of partition "a" is "448": not four hexadecimal digits such as 8300 and not a GUID',
  ]);
});

test('flags are boot and primary', () => {
  assert.deepEqual(read('label: mbr, partitions: [ { name: a, size: 1, flags: [ root ] } ]').faults, [
    '1:88 unknown flag "root" of partition "a"; flags: boot, primary',
  ]);
  assert.deepEqual(read('label: gpt, partitions: [ { name: a, size: 1, flags: [ primary ] } ]').faults, [
    '1:88 flag "primary" of partition "a": a gpt has no other partitions',
  ]);
  assert.deepEqual(read('label: mbr, partitions: [ { name: a, size: 1, flags: boot } ]').faults, [
    '1:86 flags of partition "a" must be a list, found "boot"',
  ]);
});

test('an mbr holds four primaries, three beside logicals, and those come first', () => {
  const primary = (name: string) => `{ name: ${name}, size: 1, flags: [ primary ] }`;
  const list = (items: readonly string[]) => read(`label: mbr, partitions: [ ${items.join(', ')} ]`).faults;
  assert.deepEqual(list(['a', 'b', 'c', 'd'].map(primary)), []);
  assert.deepEqual(list(['a', 'b', 'c', 'd', 'e'].map(primary)), ['1:227 5 primary partitions; an mbr holds 4']);
  assert.deepEqual(list([...['a', 'b', 'c', 'd'].map(primary), '{ name: x, size: 1 }']), [
    '1:185 4 primary partitions; an mbr holds 3 beside logical ones',
  ]);
  assert.deepEqual(list(['{ name: x, size: 1 }', primary('a')]), [
    '1:81 primary partition "a" comes after the logical "x"',
  ]);
});

test('a long gpt name is cut with a warning', () => {
  const name = 'x'.repeat(37);
  assert.deepEqual(read(`label: gpt, partitions: [ { name: ${name}, size: 1 } ]`).warnings, [
    `t:1:59: the name of partition "${name}" is cut to the 36 UTF-16 units that a gpt holds`,
  ]);
});
