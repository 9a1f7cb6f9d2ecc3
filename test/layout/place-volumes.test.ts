import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mebibyte } from '../../src/base/units.js';
import { placeVolumes } from '../../src/layout/place-volumes.js';
import type { LogicalVolumeSpec, VolumeGroupSpec } from '../../src/model/layout.js';

const extent = 4 * mebibyte;

/** Physical volumes of the given extent counts; the last one has 3 MiB to spare. */
function place(extentCounts: readonly number[], logicalVolumes: readonly LogicalVolumeSpec[]) {
  const group: VolumeGroupSpec = {
    name: 'vg',
    physicalVolumes: extentCounts.map((_, index) => ({ name: `pv${index}`, base: `part${index}` })),
    logicalVolumes,
    extentSizeBytes: extent,
  };
  return placeVolumes(group, (base) => {
    const count = extentCounts[Number(base.slice(4))] ?? 0;
    return { image: 'image0', offsetBytes: mebibyte, sizeBytes: mebibyte + count * extent + 3 * mebibyte };
  });
}

const linear = (name: string, size: number | string): LogicalVolumeSpec => ({
  name,
  type: 'linear',
  size: typeof size === 'number' ? { kind: 'bytes', sizeBytes: size } : { kind: 'extents', expression: size },
});

const outline = (result: ReturnType<typeof place>): readonly string[] => [
  ...result.volumes.map(
    ({ spec, sizeBytes, segments }) =>
      `${spec.name} ${sizeBytes} ${segments.map((run) => `${run.physicalVolume}:${run.firstExtent}+${run.extentCount}`).join(' ')}`,
  ),
  ...result.faults.map(({ message }) => message),
];

test('sizes are rounded down to extents, as lvcreate is asked to', () => {
  const sizes = [1800e6, 100e6, 500e6, 100e6, 100e6, 200e6];
  const result = place(
    [1000],
    sizes.map((size, index) => linear(`lv${index}`, size)),
  );
  assert.deepEqual(
    result.volumes.map(({ sizeBytes }) => sizeBytes),
    [1799356416, 96468992, 499122176, 96468992, 96468992, 197132288],
  );
  assert.deepEqual(
    place([1000], [linear('lv', 2e9)]).volumes.map(({ sizeBytes }) => sizeBytes),
    [1996488704],
  );
});

test('less than an extent takes one', () => {
  assert.deepEqual(outline(place([10], [linear('a', 1)])), [`a ${extent} pv0:0+1`]);
});

test('shares are of the group or of what is free, rounded down', () => {
  assert.deepEqual(outline(place([9536], [linear('r', '23%VG'), linear('v', '57%VG'), linear('h', '20%VG')])), [
    `r ${2193 * extent} pv0:0+2193`,
    `v ${5435 * extent} pv0:2193+5435`,
    `h ${1907 * extent} pv0:7628+1907`,
  ]);
  assert.deepEqual(outline(place([10], [linear('a', '3'), linear('b', '50%FREE'), linear('c', '100%free')])), [
    `a ${3 * extent} pv0:0+3`,
    `b ${3 * extent} pv0:3+3`,
    `c ${4 * extent} pv0:6+4`,
  ]);
});

test('a volume goes on over the next physical volume', () => {
  assert.deepEqual(outline(place([2, 3, 4], [linear('a', '1'), linear('b', '5'), linear('c', '100%FREE')])), [
    `a ${extent} pv0:0+1`,
    `b ${5 * extent} pv0:1+1 pv1:0+3 pv2:0+1`,
    `c ${3 * extent} pv2:1+3`,
  ]);
});

test('volumes larger than the group are named with what is missing', () => {
  assert.deepEqual(outline(place([10], [linear('a', '60%VG'), linear('b', '60%VG')])), [
    `a ${6 * extent} pv0:0+6`,
    'logical volume "b" needs 24 MiB (25165824 bytes), but 16 MiB (16777216 bytes) are free in volume group "vg" of 40 MiB (41943040 bytes): 8 MiB (8388608 bytes) missing',
  ]);
  assert.deepEqual(outline(place([2], [linear('a', '2'), linear('b', '100%FREE')])), [
    `a ${2 * extent} pv0:0+2`,
    'logical volume "b" needs 4 MiB (4194304 bytes), but 0 bytes are free in volume group "vg" of 8 MiB (8388608 bytes): 4 MiB (4194304 bytes) missing',
  ]);
});

const pool = (size: number | string): LogicalVolumeSpec => ({ ...linear('pool', size), type: 'thin-pool' });
const thin = (name: string, size: number): LogicalVolumeSpec => ({
  ...linear(name, size),
  type: 'thin',
  thinPool: 'pool',
});

test('a thin pool has metadata and a spare, its volumes follow each other in chunks', () => {
  const result = place([1000], [pool(2936012800), thin('root', 1887436800), thin('var', 1048576000)]);
  assert.deepEqual(result.spareSegments, [{ physicalVolume: 'pv0', firstExtent: 0, extentCount: 1 }]);
  assert.deepEqual(
    result.volumes.map(({ spec, ...volume }) => ({ name: spec.name, ...volume })),
    [
      {
        name: 'pool',
        sizeBytes: 2936012800,
        segments: [{ physicalVolume: 'pv0', firstExtent: 1, extentCount: 700 }],
        pool: {
          chunkSizeBytes: 65536,
          metadataSegments: [{ physicalVolume: 'pv0', firstExtent: 701, extentCount: 1 }],
        },
      },
      { name: 'root', sizeBytes: 1887436800, segments: [], thin: { deviceId: 1, firstChunk: 0, chunkCount: 28800 } },
      { name: 'var', sizeBytes: 1048576000, segments: [], thin: { deviceId: 2, firstChunk: 28800, chunkCount: 16000 } },
    ],
  );
});

test('a pool of the whole group leaves room for its metadata and the spare', () => {
  assert.deepEqual(outline(place([100], [pool('100%FREE')])), [`pool ${98 * extent} pv0:1+98`]);
  assert.deepEqual(outline(place([100], [pool('100%VG')])), [`pool ${98 * extent} pv0:1+98`]);
  assert.deepEqual(outline(place([100], [pool('80%VG'), linear('swap', '20%VG')])), [
    `pool ${80 * extent} pv0:1+80`,
    `swap ${18 * extent} pv0:82+18`,
  ]);
});

test('a pool larger than its group and volumes larger than their pool are named', () => {
  assert.deepEqual(outline(place([10], [pool(11 * extent), thin('a', extent)])), [
    'thin pool "pool" needs 48 MiB (50331648 bytes) with its metadata, but 36 MiB (37748736 bytes) are free in volume group "vg" of 40 MiB (41943040 bytes): 12 MiB (12582912 bytes) missing',
  ]);
  assert.deepEqual(outline(place([10], [pool(4 * extent), thin('a', 3 * extent), thin('b', 2 * extent)])), [
    `pool ${4 * extent} pv0:1+4`,
    `a ${3 * extent} `,
    'thin volume "b" has 8 MiB (8388608 bytes), but 4 MiB (4194304 bytes) are left in pool "pool" of 16 MiB (16777216 bytes)',
  ]);
});
