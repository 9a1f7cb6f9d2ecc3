import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVolumeGroups } from '../../src/layout/read-volume-groups.js';
import { readFirstEntry } from './first-entry.js';

const read = (keys: string) =>
  readFirstEntry(
    `- lvm: { name: lvm, pvs: [ { name: pv, base: root } ], vgs: [ { name: vg, base: [ pv ] } ], lvs: [ { name: lv, base: vg, ${keys} } ] }`,
    (entry, faults) => readVolumeGroups(entry, faults).groups[0]?.logicalVolumes[0],
  );
const faultsOf = (keys: string) => read(keys).faults.map((fault) => fault.slice(fault.indexOf(' ') + 1));

test('size wins over extents', () => {
  assert.deepEqual(read('size: 1GiB, extents: 5').result?.size, { kind: 'bytes', sizeBytes: 1073741824 });
  assert.deepEqual(read('extents: 5').result?.size, { kind: 'extents', expression: '5' });
});

test('extents are a number or a share', () => {
  for (const extents of ['5', '100%FREE', '28%VG', '33.3%pvs']) assert.deepEqual(faultsOf(`extents: ${extents}`), []);
  for (const extents of ['0', '5%', '50%ORIGIN', '1.5', '-3'])
    assert.deepEqual(faultsOf(`extents: "${extents}"`), [`extents of logical volume "lv" is "${extents}"`]);
  assert.deepEqual(faultsOf('extents: 101%VG'), [
    'extents of logical volume "lv" is 101%VG, more than the 100 % that there are',
  ]);
});

test('a size is needed, absolute and above 0', () => {
  assert.deepEqual(faultsOf('options: []'), ['logical volume "lv" needs "size" or "extents"']);
  assert.deepEqual(faultsOf('size: 50%'), ['size of logical volume "lv" must be an absolute size, found "50%"']);
  assert.deepEqual(faultsOf('size: 0'), ['logical volume "lv" has size 0']);
});

test('types are thin and thin-pool', () => {
  assert.deepEqual(faultsOf('size: 1G, type: thin-pol'), [
    'type of logical volume "lv" is "thin-pol"; supported types: thin, thin-pool',
  ]);
  assert.deepEqual(faultsOf('size: 1G, type: thin'), ['logical volume "lv" is thin, so it needs "thin-pool"']);
  assert.deepEqual(faultsOf('size: 1G, thin-pool: p'), ['logical volume "lv" names a thin-pool but has no type: thin']);
  assert.deepEqual(faultsOf('extents: 5, type: thin, thin-pool: lv'), [
    'logical volume "lv" is thin, so it needs "size"; extents are those of the group, not of the pool',
    '"lv", the pool of logical volume "lv", has no type: thin-pool',
  ]);
});
