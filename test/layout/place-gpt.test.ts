import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gibibyte, mebibyte } from '../../src/base/units.js';
import { parseSize } from '../../src/layout/parse-size.js';
import { placeGpt } from '../../src/layout/place-gpt.js';
import type { PartitionTableSpec } from '../../src/model/layout.js';

function place(
  sizes: readonly (readonly [string, string])[],
  { diskBytes = gibibyte, sectorSizeBytes = 512, alignmentBytes = mebibyte } = {},
) {
  const table: PartitionTableSpec = {
    name: 'gpt',
    image: 'image0',
    label: 'gpt',
    alignmentBytes,
    partitions: sizes.map(([name, text]) => {
      const size = parseSize(text);
      if (size.kind === 'wrong') throw new Error(size.reason);
      return { name, size, isLogical: false, isBootable: false };
    }),
  };
  const { partitions, faults } = placeGpt(table, { name: 'image0', sizeBytes: diskBytes, sectorSizeBytes });
  return [
    ...partitions.map(
      ({ number, startSector, sectorCount }) => `${number}: ${startSector}-${startSector + sectorCount - 1}`,
    ),
    ...faults.map(({ message }) => message),
  ];
}

test('ESP, BIOS boot and root on 1 GiB', () => {
  assert.deepEqual(
    place([
      ['ESP', '8MiB'],
      ['BSP', '8MiB'],
      ['Root Part', '100%'],
    ]),
    ['1: 2048-18431', '2: 18432-34815', '3: 34816-2095103'],
  );
});

test('the efi layout on 2 GiB gives root 1488 MiB', () => {
  assert.deepEqual(
    place(
      [
        ['ESP', '550MiB'],
        ['BSP', '8MiB'],
        ['root', '100%'],
      ],
      { diskBytes: 2 * gibibyte },
    ),
    ['1: 2048-1128447', '2: 1128448-1144831', `3: 1144832-${1144832 + 1488 * 2048 - 1}`],
  );
});

test('4096-byte sectors', () => {
  assert.deepEqual(
    place(
      [
        ['ESP', '500MiB'],
        ['BSP', '8MiB'],
        ['root', '100%'],
      ],
      { sectorSizeBytes: 4096 },
    ),
    ['1: 256-128255', '2: 128256-130303', '3: 130304-261887'],
  );
});

test('the root of efi-lvm is 38146 MiB', () => {
  assert.deepEqual(
    place(
      [
        ['ESP', '550MiB'],
        ['BSP', '8MiB'],
        ['root', '40G'],
      ],
      { diskBytes: 41 * gibibyte },
    ),
    ['1: 2048-1128447', '2: 1128448-1144831', '3: 1144832-79267839'],
  );
});

test('percentages are of what is left', () => {
  assert.deepEqual(
    place([
      ['a', '50%'],
      ['b', '50%'],
      ['c', '100%'],
    ]),
    ['1: 2048-1048575', '2: 1048576-1570815', '3: 1570816-2093055'],
  );
});

test('less than one MiB takes one MiB, where sgdisk would take the rest of the disk', () => {
  assert.deepEqual(
    place([
      ['a', '100KiB'],
      ['b', '100%'],
    ]),
    ['1: 2048-4095', '2: 4096-2095103'],
  );
});

test('a larger alignment moves every start', () => {
  assert.deepEqual(
    place(
      [
        ['a', '9MiB'],
        ['b', '100%'],
      ],
      { alignmentBytes: 4 * mebibyte },
    ),
    ['1: 8192-24575', '2: 24576-2088959'],
  );
});

test('what does not fit is named with what is missing, and the rest is still placed', () => {
  assert.deepEqual(
    place([
      ['a', '2GiB'],
      ['b', '1MiB'],
    ]),
    [
      '2: 2048-4095',
      'partition "a" needs 2 GiB (2147483648 bytes), but 1022 MiB (1071644672 bytes) are free for it on image0, a disk of 1 GiB (1073741824 bytes): 1 GiB (1075838976 bytes) missing',
    ],
  );
});

test('a gpt holds 128 partitions', () => {
  const sizes = Array.from({ length: 129 }, (_, index) => [`p${index}`, '1MiB'] as const);
  assert.deepEqual(place(sizes).slice(128), ['129: 264192-266239', '129 partitions on image0; a gpt holds 128']);
});

const hasSgdisk = spawnSync('sgdisk', ['--version']).error === undefined;

test('sgdisk places whole MiB in the same sectors', { skip: hasSgdisk ? false : 'sgdisk is not installed' }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gpt-'));
  try {
    const image = join(directory, 'image');
    writeFileSync(image, '');
    truncateSync(image, 3 * gibibyte);
    const mebibytes = [550, 8, 1, 333, 1];
    const rest = 3 * 1024 - 2 - mebibytes.reduce((sum, size) => sum + size, 0);
    const wanted = [...mebibytes, rest].flatMap((size, index) => ['-n', `${index + 1}:0:+${size}M`]);
    assert.equal(spawnSync('sgdisk', [...wanted, image]).status, 0);
    const printed = spawnSync('sgdisk', ['-p', image]).stdout.toString();
    const lines = [...printed.matchAll(/^ +(\d+) +(\d+) +(\d+) /gm)].map(
      ([, no, first, last]) => `${no}: ${first}-${last}`,
    );
    const sizes = [...mebibytes.map((size, index) => [`p${index}`, `${size}MiB`] as const), ['rest', '100%'] as const];
    assert.deepEqual(place(sizes, { diskBytes: 3 * gibibyte }), lines);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
