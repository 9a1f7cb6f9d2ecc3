import assert from 'node:assert/strict';
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { writeVhd } from '../../src/formats/vhd.js';
import { vhdChecksum } from '../../src/formats/vhd-header.js';
import { noise, openTestPorts, skipReason } from './open-test-ports.js';

const mebibyte = 1024 * 1024;
let work = '';
let rawDiskPath = '';
let outputPath = '';
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'vhd-test-'));
  rawDiskPath = join(work, 'raw');
  outputPath = join(work, 'vhd');
});
afterEach(() => rm(work, { recursive: true, force: true }));

/** A disk of 21 MiB with data in its blocks 0, 3 and 10, the last one being half a block. */
async function makeDisk(): Promise<void> {
  await writeFile(rawDiskPath, noise(100));
  await truncate(rawDiskPath, 21 * mebibyte - 100);
  await writeFile(rawDiskPath, noise(100), { flag: 'a' });
  const handle = await open(rawDiskPath, 'r+');
  await handle.write(noise(3000), 0, 3000, 7 * mebibyte);
  await handle.close();
}

test('blocks of zeros are not stored, the others lie at pages behind their bitmaps', async () => {
  await makeDisk();
  await writeVhd({ rawDiskPath, outputPath, createdSeconds: 1_600_000_000 }, openTestPorts());
  const [bytes, raw] = await Promise.all([readFile(outputPath), readFile(rawDiskPath)]);
  const table = Array.from({ length: 11 }, (_, index) => bytes.readUInt32BE(1536 + 4 * index));
  assert.deepEqual(
    table.map((sector) => sector !== 0xffffffff),
    [true, false, false, true, false, false, false, false, false, false, true],
  );
  for (const index of [0, 3, 10]) {
    const offset = (table[index] ?? 0) * 512;
    assert.ok(bytes.subarray(offset, offset + 512).every((byte) => byte === 0xff));
    assert.equal((offset + 512) % 4096, 0);
    const content = raw.subarray(index * 2 * mebibyte, (index + 1) * 2 * mebibyte);
    assert.ok(bytes.subarray(offset + 512, offset + 512 + content.length).equals(content));
  }
  assert.ok(bytes.subarray(0, 512).equals(bytes.subarray(-512)));
  assert.ok(bytes.length < 7 * mebibyte);
});

test('the map of full blocks lies behind the table', async () => {
  await makeDisk();
  await writeVhd({ rawDiskPath, outputPath, createdSeconds: 1_600_000_000 }, openTestPorts());
  const bytes = await readFile(outputPath);
  const map = bytes.subarray(3072 - 512, 3072);
  assert.equal(bytes.toString('latin1', 2048, 2056), 'tdbatmap');
  assert.equal(bytes.readBigUInt64BE(2056), 2560n);
  assert.equal(bytes.readUInt32BE(2064), 1);
  assert.equal(bytes.readUInt32BE(2068), 0x00010002);
  assert.equal(bytes.readUInt32BE(2072), vhdChecksum(map));
  assert.equal(map.subarray(0, 3).toString('hex'), '902000');
});

test('qemu reads the same disk, of the same size', { skip: skipReason({ programs: ['qemu-img'] }) }, async () => {
  await makeDisk();
  await writeVhd({ rawDiskPath, outputPath, createdSeconds: 1_600_000_000 }, openTestPorts());
  const { programs } = openTestPorts();
  await programs.require({
    program: 'qemu-img',
    arguments: ['compare', '-f', 'vpc', '-F', 'raw', outputPath, rawDiskPath],
  });
  const { stdout } = await programs.require({
    program: 'qemu-img',
    arguments: ['info', '--output=json', '-f', 'vpc', outputPath],
  });
  assert.equal(JSON.parse(stdout)['virtual-size'], 21 * mebibyte);
});

test('a disk of zeros has no blocks', async () => {
  await writeFile(rawDiskPath, '');
  await truncate(rawDiskPath, 4 * mebibyte);
  await writeVhd({ rawDiskPath, outputPath, createdSeconds: 0 }, openTestPorts());
  assert.equal((await stat(outputPath)).size, 3072 + 512);
});

test('a disk past the limit of the format is refused', async () => {
  await writeFile(rawDiskPath, '');
  await truncate(rawDiskPath, 2040 * 1024 * mebibyte + 512);
  await assert.rejects(writeVhd({ rawDiskPath, outputPath, createdSeconds: 0 }, openTestPorts()), {
    code: 'LAYOUT_INVALID',
    message: 'a vhd holds at most 2040 GiB, the disk has 2 TiB',
  });
});
