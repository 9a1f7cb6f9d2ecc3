import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { writeRuns } from '../../src/disk/byte-run.js';
import { encodeCylinderHeadSector, encodeMbr } from '../../src/disk/mbr.js';
import type { PartitionLayout } from '../../src/model/layout.js';
import { missingPrograms } from './disk-ports.js';
import { mbrPartition } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const gibibyteSectors = 2097152;

function mbr(
  partitions: readonly PartitionLayout[],
  extended?: { number: number; startSector: number; sectorCount: number },
) {
  return encodeMbr({
    imageName: 'image0',
    sectorSizeBytes: 512,
    table: { kind: 'mbr', diskSignature: 0x1234abcd, partitions, ...(extended === undefined ? {} : { extended }) },
  });
}

test('a boot partition gets the bytes that sfdisk writes', () => {
  const [run] = mbr([
    mbrPartition({ name: 'root', number: 1, startSector: 2048, sectorCount: 2093056, isBootable: true }),
  ]);
  assert.equal(run?.offsetBytes, 440);
  const bytes = Buffer.from(run?.bytes ?? []);
  assert.equal(bytes.subarray(0, 6).toString('hex'), 'cdab34120000');
  assert.equal(bytes.subarray(6, 22).toString('hex'), '802021008369278200080000' + '00f01f00');
  assert.equal(
    bytes.subarray(22, 70).every((byte) => byte === 0),
    true,
  );
  assert.equal(bytes.subarray(70).toString('hex'), '55aa');
});

test('cylinder, head and sector are those of 255 heads and 63 sectors, with the two high cylinder bits masked', () => {
  const hex = (sector: number) => Buffer.from(encodeCylinderHeadSector(sector)).toString('hex');
  assert.equal(hex(0), '000100');
  assert.equal(hex(2048), '202100');
  assert.equal(hex(2095103), '692782');
  assert.equal(hex(1000000), '3f023e');
  assert.equal(hex(16450559), 'feffff');
  assert.equal(hex(16450560), 'feffff');
  assert.equal(hex(0xffffffff), 'feffff');
});

test('sfdisk reads back three primaries and seven logicals', { skip: missingPrograms('sfdisk') }, async (context) => {
  const primaries = [0, 1, 2].map((index) =>
    mbrPartition({ name: `p${index}`, number: index + 1, startSector: 2048 + index * 20480, sectorCount: 20480 }),
  );
  const logicals = Array.from({ length: 7 }, (_, index) =>
    mbrPartition({
      name: `l${index}`,
      number: 5 + index,
      startSector: 65536 + index * 22528,
      sectorCount: 20480,
      ebrSector: 63488 + index * 22528,
      isLogical: true,
      isBootable: index === 6,
      mbrType: index === 0 ? 0x0c : 0x83,
    }),
  );
  const runs = mbr([...primaries, ...logicals], {
    number: 4,
    startSector: 63488,
    sectorCount: gibibyteSectors - 63488,
  });
  const path = `${await temporaryDirectory(context)}/disk`;
  const file = await open(path, 'w');
  await file.truncate(gibibyteSectors * 512);
  await writeRuns(file, runs);
  await file.close();
  const dump = execFileSync('sfdisk', ['--dump', path], { encoding: 'utf8' });
  const lines = dump.split('\n').map((line) => line.replaceAll(/ +/g, ' ').replace(path, ''));
  assert.deepEqual(
    lines.filter((line) => /^\d|^label/.test(line)),
    [
      'label: dos',
      'label-id: 0x1234abcd',
      '1 : start= 2048, size= 20480, type=83',
      '2 : start= 22528, size= 20480, type=83',
      '3 : start= 43008, size= 20480, type=83',
      '4 : start= 63488, size= 2033664, type=f',
      '5 : start= 65536, size= 20480, type=c',
      '6 : start= 88064, size= 20480, type=83',
      '7 : start= 110592, size= 20480, type=83',
      '8 : start= 133120, size= 20480, type=83',
      '9 : start= 155648, size= 20480, type=83',
      '10 : start= 178176, size= 20480, type=83',
      '11 : start= 200704, size= 20480, type=83, bootable',
    ],
  );
  const verify = execFileSync('sfdisk', ['--verify', path], { encoding: 'utf8' });
  assert.match(verify, /No errors detected/);
});

test('a partition that ends beyond 2 TiB is refused with its numbers', () => {
  assert.throws(
    () => mbr([mbrPartition({ name: 'root', number: 1, startSector: 2048, sectorCount: 2 ** 32 - 2047 })]),
    {
      code: 'LAYOUT_INVALID',
      message:
        'partition table of image "image0": partition "root" (4294965249 sectors from sector 2048) does not fit: an MBR ends at sector 4294967295',
    },
  );
});

test('a fifth primary is refused instead of written over the signature', () => {
  const partitions = [1, 2, 3, 4, 5].map((number) =>
    mbrPartition({ name: `p${number}`, number, startSector: number * 2048, sectorCount: 2048 }),
  );
  assert.throws(() => mbr(partitions), {
    code: 'LAYOUT_INVALID',
    message: 'partition table of image "image0": entry 5 does not exist or is used twice (an MBR has entries 1 to 4)',
  });
});
