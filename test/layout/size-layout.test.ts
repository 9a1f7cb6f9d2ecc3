import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte, mebibyte } from '../../src/base/units.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { sizeLayout } from '../../src/layout/size-layout.js';
import { seededIdentities } from './seeded-identities.js';
import {
  efi4kLayout,
  efiLayout,
  efiLvmLayout,
  gptLayout,
  mbrLayout,
  mbrPowerLayout,
  plainLayout,
} from './stock-layouts.js';
import { thrownFaults } from './thrown-faults.js';

const size = (text: string, sizeBytes: number, fileSystemOptions?: ReadonlyMap<string, readonly string[]>) =>
  sizeLayout(parseLayout({ text, origin: 't', defaults: { rootFileSystemType: 'ext4' } }), {
    imageSizes: new Map([['image0', sizeBytes]]),
    identities: seededIdentities,
    fileSystemOptions,
  });

const sectors = (text: string, sizeBytes: number): readonly string[] =>
  (size(text, sizeBytes).images[0]?.table?.partitions ?? []).map(
    ({ number, name, startSector, sectorCount }) => `${number} ${name} ${startSector}-${startSector + sectorCount - 1}`,
  );

test('the sectors of the stock layouts', () => {
  // S = 10 GiB, N = 20971520
  const S = 10 * gibibyte;
  assert.deepEqual(sectors(plainLayout, S), []);
  assert.deepEqual(sectors(mbrLayout, S), ['1 root 2048-20969471']);
  assert.deepEqual(sectors(mbrPowerLayout, S), ['1 boot 2048-18431', '2 root 18432-20969471']);
  assert.deepEqual(sectors(gptLayout, S), ['1 BSP 2048-18431', `2 root 18432-${18432 + 10230 * 2048 - 1}`]);
  assert.deepEqual(sectors(efiLayout, S), [
    '1 ESP 2048-1128447',
    '2 BSP 1128448-1144831',
    `3 root 1144832-${1144832 + 9680 * 2048 - 1}`,
  ]);
  assert.deepEqual(sectors(efi4kLayout, S), [
    '1 ESP 256-128255',
    '2 BSP 128256-130303',
    `3 root 130304-${130304 + 9730 * 256 - 1}`,
  ]);
  assert.deepEqual(sectors(efiLvmLayout, 41 * gibibyte), [
    '1 ESP 2048-1128447',
    '2 BSP 1128448-1144831',
    '3 root 1144832-79267839',
  ]);
});

test('the mbr layout as a whole', () => {
  const options = new Map([['mkfs_root', ['-i', '4096']]]);
  assert.deepEqual(size(mbrLayout, gibibyte, options), {
    images: [
      {
        name: 'image0',
        sizeBytes: gibibyte,
        sectorSizeBytes: 512,
        table: {
          kind: 'mbr',
          diskSignature: 0xafca6c71,
          partitions: [
            {
              name: 'root',
              number: 1,
              startSector: 2048,
              sectorCount: 2093056,
              isBootable: true,
              isLogical: false,
              mbrType: 0x83,
            },
          ],
        },
      },
    ],
    volumeGroups: [],
    fileSystems: [
      {
        name: 'mkfs_root',
        type: 'ext4',
        label: 'cloudimg-rootfs',
        uuid: seededIdentities.uuid('file-system-uuid:mkfs_root'),
        options: ['-i', '4096'],
        sizeBytes: 1022 * mebibyte,
        regions: [{ image: 'image0', offsetBytes: mebibyte, sizeBytes: 1022 * mebibyte }],
        sectorSizeBytes: 512,
        mountPoint: '/',
        base: 'root',
      },
    ],
    fstab: 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n',
  });
});

test('a gpt has GUIDs of its own for disk and partitions', () => {
  const table = size(gptLayout, gibibyte).images[0]?.table;
  assert.equal(table?.kind, 'gpt');
  assert.equal(table.diskGuid, seededIdentities.uuid('gpt-disk-guid:image0').toUpperCase());
  assert.deepEqual(
    table.partitions.map(({ typeGuid, partitionGuid }) => [typeGuid, partitionGuid]),
    [
      ['21686148-6449-6E6F-744E-656564454649', seededIdentities.uuid('gpt-partition-guid:image0/BSP').toUpperCase()],
      ['0FC63DAF-8483-4772-8E79-3D69D8477DE4', seededIdentities.uuid('gpt-partition-guid:image0/root').toUpperCase()],
    ],
  );
});

test('file systems come in mount order, those that nothing mounts last', () => {
  const text = `${efiLayout}
- local_loop: { name: image1, size: 1GiB, mkfs: { name: spare, type: xfs, uuid: 01234567-89ab-cdef-0123-456789abcdef } }
`;
  assert.deepEqual(
    size(text, 2 * gibibyte).fileSystems.map(({ name, mountPoint, uuid, sectorSizeBytes }) => [
      name,
      mountPoint,
      uuid.length,
      sectorSizeBytes,
    ]),
    [
      ['mkfs_root', '/', 36, 512],
      ['mkfs_ESP', '/boot/efi', 9, 512],
      ['spare', undefined, 36, 512],
    ],
  );
  assert.equal(size(text, 2 * gibibyte).fileSystems[2]?.uuid, '01234567-89ab-cdef-0123-456789abcdef');
});

test('volumes have extents and ids', () => {
  const [group] = size(efiLvmLayout, 41 * gibibyte).volumeGroups;
  assert.deepEqual(
    group?.physicalVolumes.map(({ name, region, extentCount }) => [name, region, extentCount]),
    [['pv', { image: 'image0', offsetBytes: 559 * mebibyte, sizeBytes: 38146 * mebibyte }, 9536]],
  );
  assert.deepEqual(
    group?.logicalVolumes.map(({ name, type, segments }) => [name, type, segments]),
    [
      ['lv_root', 'linear', [{ physicalVolume: 'pv', firstExtent: 0, extentCount: 2193 }]],
      ['lv_var', 'linear', [{ physicalVolume: 'pv', firstExtent: 2193, extentCount: 5435 }]],
      ['lv_home', 'linear', [{ physicalVolume: 'pv', firstExtent: 7628, extentCount: 1907 }]],
    ],
  );
  const ids = [
    group?.id,
    ...(group?.physicalVolumes ?? []).map(({ id }) => id),
    ...(group?.logicalVolumes ?? []).map(({ id }) => id),
  ];
  assert.equal(new Set(ids).size, 5);
});

test('logical partitions tell their EBR and container', () => {
  const text = `
- local_loop: { name: image0 }
- partitioning: { base: image0, label: mbr, partitions: [ { name: a, size: 10MiB }, { name: b, size: 100% } ] }
`;
  const table = size(text, gibibyte).images[0]?.table;
  assert.equal(table?.kind, 'mbr');
  assert.deepEqual(table.extended, { number: 1, startSector: 2048, sectorCount: 2095104 });
  assert.deepEqual(
    table.partitions.map(({ number, ebrSector, startSector, sectorCount, isLogical }) => [
      number,
      ebrSector,
      startSector,
      sectorCount,
      isLogical,
    ]),
    [
      [5, 2048, 4096, 20480, true],
      [6, 24576, 26624, 2070528, true],
    ],
  );
});

test('everything that does not fit is reported together', () => {
  const text = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions: [ { name: a, size: 2GiB }, { name: b, size: 3GiB }, { name: c, size: 1MiB } ]
`;
  assert.deepEqual(
    thrownFaults(() => size(text, gibibyte)).map(({ code, where, message }) => [code, where, message.slice(0, 13)]),
    [
      ['LAYOUT_TOO_SMALL', 't:6:19', 'partition "a"'],
      ['LAYOUT_TOO_SMALL', 't:6:44', 'partition "b"'],
    ],
  );
});
