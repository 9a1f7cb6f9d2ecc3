import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInspectedDisk } from '../../../src/cli/layout/format-inspected-disk.js';

const mebibyte = 1024 * 1024;

test('partitions, volumes and what lies on them are one table', () => {
  const text = formatInspectedDisk('disk.raw', {
    sizeBytes: 1024 * mebibyte,
    sectorSizeBytes: 512,
    table: {
      kind: 'gpt',
      diskGuid: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE',
      partitions: [
        {
          name: 'ESP',
          number: 1,
          startSector: 2048,
          sectorCount: 8192,
          isBootable: false,
          isLogical: false,
          typeGuid: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
        },
      ],
    },
    areas: [
      {
        kind: 'partition',
        name: '1',
        offsetBytes: mebibyte,
        sizeBytes: 4 * mebibyte,
        content: { type: 'vfat', label: 'ESP', uuid: '1234-ABCD', sizeBytes: 3 * mebibyte },
      },
      { kind: 'logical-volume', name: 'vg/root', sizeBytes: 8 * mebibyte },
    ],
  });
  assert.equal(
    text,
    [
      'disk.raw: 1 GiB (1073741824 bytes), gpt AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE, 512-byte sectors',
      '  offset   size  no  name     type                  content             free in it',
      '   1 MiB  4 MiB   1  ESP      EFI system partition  vfat ESP 1234-ABCD  1 MiB',
      '       ?  8 MiB      vg/root  logical volume',
      '',
    ].join('\n'),
  );
});

test('a disk without a table is one line', () => {
  const text = formatInspectedDisk('disk.raw', {
    sizeBytes: mebibyte,
    sectorSizeBytes: 4096,
    areas: [
      { kind: 'disk', name: '', offsetBytes: 0, sizeBytes: mebibyte, content: { type: 'ext4', uuid: 'u', label: 'x' } },
    ],
  });
  assert.equal(
    text,
    [
      'disk.raw: 1 MiB (1048576 bytes), no partition table, 4096-byte sectors',
      '  offset   size  content',
      '     0 B  1 MiB  ext4 x u',
      '',
    ].join('\n'),
  );
});
