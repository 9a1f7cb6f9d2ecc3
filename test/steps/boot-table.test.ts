import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DiskLayout } from '../../src/model/layout.js';
import { formatBootTable, namedDevices } from '../../src/steps/boot-table.js';

const region = (startSector: number) => ({ image: 'image0', offsetBytes: startSector * 512, sizeBytes: 1024 * 1024 });

const layout: DiskLayout = {
  images: [
    {
      name: 'image0',
      sizeBytes: 64 * 1024 * 1024,
      sectorSizeBytes: 512,
      table: {
        kind: 'mbr',
        diskSignature: 0x1a2b3c,
        partitions: [
          {
            name: 'root',
            number: 1,
            startSector: 2048,
            sectorCount: 2048,
            isBootable: true,
            isLogical: false,
            mbrType: 0x83,
          },
          {
            name: 'pv',
            number: 2,
            startSector: 4096,
            sectorCount: 20_480,
            isBootable: false,
            isLogical: false,
            mbrType: 0x8e,
          },
        ],
      },
    },
  ],
  volumeGroups: [
    {
      name: 'my-vg',
      id: 'abcdefghijklmnopqrstuvwxyz012345',
      extentSizeBytes: 4 * 1024 * 1024,
      physicalVolumes: [{ name: 'pv', id: 'p'.repeat(32), region: region(4096), extentCount: 2 }],
      logicalVolumes: [
        { name: 'lv-var', id: 'l'.repeat(32), type: 'linear', sizeBytes: 4 * 1024 * 1024, segments: [] },
      ],
    },
  ],
  fileSystems: [
    {
      name: 'mkfs_root',
      type: 'ext4',
      label: 'cloudimg-rootfs',
      uuid: 'u-root',
      options: [],
      sizeBytes: 1024 * 1024,
      regions: [region(2048)],
      sectorSizeBytes: 512,
      mountPoint: '/',
      base: 'root',
    },
    {
      name: 'mkfs_var',
      type: 'xfs',
      label: 'var',
      uuid: 'u-var',
      options: [],
      sizeBytes: 4 * 1024 * 1024,
      regions: [region(6144)],
      sectorSizeBytes: 512,
      mountPoint: '/var',
      base: 'lv-var',
    },
    {
      name: 'mkfs_swap',
      type: 'swap',
      label: 'swap',
      uuid: 'u-swap',
      options: [],
      sizeBytes: 1024 * 1024,
      regions: [region(8192)],
      sectorSizeBytes: 512,
      mountPoint: 'none',
      base: 'swap',
    },
  ],
};

test('the table names disks, partitions and mounts, swap left out', () => {
  assert.deepEqual(formatBootTable(layout).split('\n'), [
    'disk\t/dev/dib-image0\tname=image0\tsector=512\tpartmap=msdos',
    'partition\t/dev/dib-image0p1\tname=root\tdisk=/dev/dib-image0\tpartmap=msdos\tnumber=1\tstart=2048\tcount=2048\tpartuuid=001a2b3c-01\tparttype=83',
    'partition\t/dev/dib-image0p2\tname=pv\tdisk=/dev/dib-image0\tpartmap=msdos\tnumber=2\tstart=4096\tcount=20480\tpartuuid=001a2b3c-02\tparttype=8e',
    'mount\t/\tfs=ext4\tuuid=u-root\tlabel=cloudimg-rootfs\tdevice=/dev/dib-image0p1\tdisk=/dev/dib-image0\tpartmap=msdos\tnumber=1\tpartuuid=001a2b3c-01\tparttype=83',
    'mount\t/var\tfs=xfs\tuuid=u-var\tlabel=var\tdevice=/dev/mapper/my--vg-lv--var\tdisk=/dev/dib-image0\tpartmap=msdos\tvg=my-vg\tlv=lv-var\tvg_id=abcdef-ghij-klmn-opqr-stuv-wxyz-012345\tlv_id=llllll-llll-llll-llll-llll-llll-llllll',
    '',
  ]);
});

test('hooks see every device by its name', () => {
  assert.deepEqual(
    [...namedDevices(layout)],
    [
      ['image0', '/dev/dib-image0'],
      ['root', '/dev/dib-image0p1'],
      ['pv', '/dev/dib-image0p2'],
      ['lv-var', '/dev/mapper/my--vg-lv--var'],
    ],
  );
});
