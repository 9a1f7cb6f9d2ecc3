import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVolumeGroups } from '../../src/layout/read-volume-groups.js';
import { readFirstEntry } from './first-entry.js';

const read = (text: string) => readFirstEntry(text, readVolumeGroups);

const twoGroups = `
- lvm:
    name: lvm
    pvs:
      - { name: pv1, base: root, options: [ --force ] }
      - { name: pv2, base: data }
    vgs:
      - { name: vg1, base: [ pv1 ], options: [ -s, 8M ] }
      - { name: vg2, base: [ pv2 ] }
    lvs:
      - { name: lv_a, base: vg1, size: 1800M }
      - { name: lv_b, base: vg2, extents: 28%VG }
`;

test('groups get their volumes', () => {
  assert.deepEqual(read(twoGroups).result.groups, [
    {
      name: 'vg1',
      physicalVolumes: [{ name: 'pv1', base: 'root', options: ['--force'] }],
      logicalVolumes: [
        {
          name: 'lv_a',
          size: { kind: 'bytes', sizeBytes: 1800000000 },
          type: 'linear',
          options: [],
          where: 't:11:9',
        },
      ],
      extentSizeBytes: 8388608,
      options: ['-s', '8M'],
      where: 't:8:9',
    },
    {
      name: 'vg2',
      physicalVolumes: [{ name: 'pv2', base: 'data', options: [] }],
      logicalVolumes: [
        { name: 'lv_b', size: { kind: 'extents', expression: '28%VG' }, type: 'linear', options: [], where: 't:12:9' },
      ],
      extentSizeBytes: 4194304,
      options: [],
      where: 't:9:9',
    },
  ]);
});

test('nodes are physical volumes, groups, volumes, then the driver before them all', () => {
  assert.deepEqual(
    read(twoGroups).result.nodes.map(({ kind, name, madeAfter, madeBefore }) => [kind, name, madeAfter, madeBefore]),
    [
      ['physical volume', 'pv1', [], []],
      ['physical volume', 'pv2', [], []],
      ['volume group', 'vg1', ['pv1'], []],
      ['volume group', 'vg2', ['pv2'], []],
      ['logical volume', 'lv_a', ['vg1'], []],
      ['logical volume', 'lv_b', ['vg2'], []],
      ['lvm', 'lvm', ['root', 'data'], ['pv1', 'pv2']],
    ],
  );
});

test('a thin pool comes before its volumes', () => {
  const text = `
- lvm:
    name: lvm
    pvs: [ { name: pv, base: root } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs:
      - { name: a, base: vg, type: thin, thin-pool: pool, size: 1G }
      - { name: b, base: vg, size: 1G }
      - { name: pool, base: vg, type: thin-pool, size: 2G }
`;
  const { result, faults } = read(text);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    result.groups[0]?.logicalVolumes.map(({ name }) => name),
    ['pool', 'a', 'b'],
  );
});

test('every item must be complete and stand on something', () => {
  const faultsOf = (lists: string) =>
    read(`- lvm: { name: lvm, ${lists} }`).faults.map((fault) => fault.slice(fault.indexOf(' ') + 1));
  assert.deepEqual(faultsOf('x: 1'), ['lvm "lvm" needs "pvs"', 'lvm "lvm" needs "vgs"', 'lvm "lvm" needs "lvs"']);
  assert.deepEqual(faultsOf('pvs: [ { name: pv } ], vgs: [ { base: [ pv ] } ], lvs: []'), [
    'physical volume "pv" needs "base"',
    'a volume group needs "name"',
  ]);
  assert.deepEqual(faultsOf('pvs: [ { name: pv, base: root } ], vgs: [ { name: vg, base: [ px ] } ], lvs: []'), [
    'volume group "vg" is on "px", which is no item of pvs',
  ]);
  assert.deepEqual(faultsOf('pvs: [ { name: pv, base: root } ], vgs: [ { name: vg, base: pv } ], lvs: []'), [
    'base of volume group "vg" must be a list, found "pv"',
  ]);
  assert.deepEqual(
    faultsOf(
      'pvs: [ { name: pv, base: root } ], vgs: [ { name: a, base: [ pv ] }, { name: b, base: [ pv ] } ], lvs: []',
    ),
    ['physical volume "pv" is in volume group "a" already'],
  );
  assert.deepEqual(
    faultsOf(
      'pvs: [ { name: pv, base: root } ], vgs: [ { name: a, base: [ pv ] } ], lvs: [ { name: lv, base: b, size: 1G } ]',
    ),
    ['logical volume "lv" is in "b", which is no item of vgs'],
  );
  assert.deepEqual(
    faultsOf(
      'pvs: [ { name: pv, base: root, mkfs: { type: xfs } } ], vgs: [ { name: a, base: [ pv ], options: [ -s, 3M ] } ], lvs: []',
    ),
    [
      'mkfs cannot be nested in physical volume "pv"',
      'the extent size of volume group "a" is 3145728 bytes; it must be a power of 2, 4 KiB or more',
    ],
  );
});

test('a thin volume needs a pool of its group', () => {
  const faultsOf = (lvs: string) =>
    read(
      `- lvm: { name: lvm, pvs: [ { name: pv, base: root } ], vgs: [ { name: vg, base: [ pv ] } ], lvs: [ ${lvs} ] }`,
    ).faults.map((fault) => fault.slice(fault.indexOf(' ') + 1));
  assert.deepEqual(faultsOf('{ name: a, base: vg, type: thin, thin-pool: p, size: 1G }'), [
    'thin pool "p" of logical volume "a" does not exist in its group',
  ]);
  assert.deepEqual(
    faultsOf('{ name: p, base: vg, size: 1G }, { name: a, base: vg, type: thin, thin-pool: p, size: 1G }'),
    ['"p", the pool of logical volume "a", has no type: thin-pool'],
  );
});

test('a physical volume in no group is only warned of', () => {
  assert.deepEqual(read('- lvm: { name: lvm, pvs: [ { name: pv, base: root } ], vgs: [], lvs: [] }').warnings, [
    't:1:28: physical volume "pv" is in no volume group',
  ]);
});
