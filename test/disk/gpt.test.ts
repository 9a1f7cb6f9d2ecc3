import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { writeRuns } from '../../src/disk/byte-run.js';
import { encodeGpt } from '../../src/disk/gpt.js';
import type { PartitionLayout } from '../../src/model/layout.js';
import { missingPrograms, needsRoot } from './disk-ports.js';
import { gptPartition } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const gibibyte = 1024 ** 3;
const diskGuid = 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE';
const efiSystem = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const biosBoot = '21686148-6449-6E6F-744E-656564454649';

function gpt(partitions: readonly PartitionLayout[], sectorSizeBytes: 512 | 4096 = 512) {
  return encodeGpt({
    imageName: 'image0',
    imageSizeBytes: gibibyte,
    sectorSizeBytes,
    table: { kind: 'gpt', diskGuid, partitions },
  });
}

const stock = [
  gptPartition({ name: 'ESP', number: 1, startSector: 2048, sectorCount: 16384, typeGuid: efiSystem }),
  gptPartition({ name: 'BSP', number: 2, startSector: 18432, sectorCount: 16384, typeGuid: biosBoot }),
  gptPartition({ name: 'Root Part', number: 3, startSector: 34816, sectorCount: 2060288, isBootable: true }),
];

async function writeDisk(context: TestContext, runs: ReturnType<typeof gpt>): Promise<string> {
  const path = `${await temporaryDirectory(context)}/disk`;
  const file = await open(path, 'w');
  await file.truncate(gibibyte);
  await writeRuns(file, runs);
  await file.close();
  return path;
}

test('headers and entries lie where UEFI puts them, for both sector sizes', () => {
  assert.deepEqual(
    gpt(stock).map(({ offsetBytes, bytes }) => [offsetBytes, bytes.length]),
    [
      [440, 72],
      [512, 92],
      [1024, 16384],
      [gibibyte - 33 * 512, 16384],
      [gibibyte - 512, 92],
    ],
  );
  assert.deepEqual(
    gpt([], 4096).map(({ offsetBytes, bytes }) => [offsetBytes, bytes.length]),
    [
      [440, 72],
      [4096, 92],
      [8192, 16384],
      [gibibyte - 5 * 4096, 16384],
      [gibibyte - 4096, 92],
    ],
  );
});

test('sgdisk finds no problems and sfdisk reads the table back', {
  skip: missingPrograms('sgdisk', 'sfdisk'),
}, async (context) => {
  const path = await writeDisk(context, gpt(stock));
  assert.match(execFileSync('sgdisk', ['-v', path], { encoding: 'utf8' }), /No problems found/);
  const table = JSON.parse(execFileSync('sfdisk', ['--json', path], { encoding: 'utf8' })).partitiontable;
  assert.deepEqual(
    { label: table.label, id: table.id, firstlba: table.firstlba, lastlba: table.lastlba },
    { label: 'gpt', id: diskGuid, firstlba: 34, lastlba: 2097118 },
  );
  const rows = table.partitions.map(({ node, ...rest }: { node: string }) => ({
    node: node.slice(path.length),
    ...rest,
  }));
  assert.deepEqual(rows, [
    { node: '1', start: 2048, size: 16384, type: efiSystem, uuid: '00000001-1111-2222-3333-444444444444', name: 'ESP' },
    { node: '2', start: 18432, size: 16384, type: biosBoot, uuid: '00000002-1111-2222-3333-444444444444', name: 'BSP' },
    {
      node: '3',
      start: 34816,
      size: 2060288,
      type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
      uuid: '00000003-1111-2222-3333-444444444444',
      name: 'Root Part',
      attrs: 'LegacyBIOSBootable',
    },
  ]);
});

const loopReason =
  needsRoot || missingPrograms('sgdisk', 'losetup') || (existsSync('/dev/loop-control') ? false : 'no loop devices');

test('sgdisk reads a table with sectors of 4096 bytes back', { skip: loopReason }, async (context) => {
  const partitions = [
    gptPartition({ name: 'ESP', number: 1, startSector: 256, sectorCount: 128000, typeGuid: efiSystem }),
    gptPartition({ name: 'BSP', number: 2, startSector: 128256, sectorCount: 2048, typeGuid: biosBoot }),
    gptPartition({ name: 'root', number: 3, startSector: 130304, sectorCount: 131584 }),
  ];
  const path = await writeDisk(context, gpt(partitions, 4096));
  // No partition tool takes the sector size of a file; only a device has one.
  const device = execFileSync('losetup', ['--sector-size', '4096', '--show', '-r', '-f', path], {
    encoding: 'utf8',
  }).trim();
  context.after(() => execFileSync('losetup', ['-d', device]));
  assert.match(execFileSync('sgdisk', ['-v', device], { encoding: 'utf8' }), /No problems found/);
  const lines = execFileSync('sgdisk', ['-p', device], { encoding: 'utf8' }).split('\n');
  const rows = lines.filter((line) => /^ +\d/.test(line)).map((line) => line.trim().split(/ +/));
  assert.deepEqual(
    rows.map(([number, first, last, , , code]) => [number, first, last, code]),
    [
      ['1', '256', '128255', 'EF00'],
      ['2', '128256', '130303', 'EF02'],
      ['3', '130304', '261887', '8300'],
    ],
  );
  assert.match(lines.join('\n'), /First usable sector is 6, last usable sector is 262138/);
});

test('names are cut to 36 UTF-16 units', () => {
  const [, , entries] = gpt([gptPartition({ name: 'n'.repeat(40), number: 1, startSector: 2048, sectorCount: 2048 })]);
  const name = Buffer.from(entries?.bytes ?? []).subarray(56, 128);
  assert.equal(name.toString('utf16le'), 'n'.repeat(36));
});

test('a partition over the backup table is refused with its sectors', () => {
  assert.throws(() => gpt([gptPartition({ name: 'root', number: 1, startSector: 2048, sectorCount: 2095104 })]), {
    code: 'LAYOUT_INVALID',
    message:
      'partition table of image "image0": partition "root" (number 1, sectors 2048 to 2097151) does not fit between sectors 34 and 2097118',
  });
});

test('overlapping partitions are refused', () => {
  const partitions = [
    gptPartition({ name: 'one', number: 1, startSector: 2048, sectorCount: 4096 }),
    gptPartition({ name: 'two', number: 2, startSector: 4096, sectorCount: 4096 }),
  ];
  assert.throws(() => gpt(partitions), {
    message:
      'partition table of image "image0": partition "two" (number 2, sectors 4096 to 8191) does not fit between sectors 6144 and 2097118',
  });
});
