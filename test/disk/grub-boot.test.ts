import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { encodeGrub, findGrubImages } from '../../src/disk/grub-boot.js';
import { gptPartition, image, mbrPartition } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

function bootImage(): Buffer {
  const boot = Buffer.alloc(512, 0x11);
  boot.writeBigUInt64LE(1n, 0x5c);
  boot.set([0xeb, 0x05], 0x66);
  boot.set([0x55, 0xaa], 0x1fe);
  return boot;
}

const grub = { directory: '/boot/grub/i386-pc', boot: bootImage(), core: Buffer.alloc(512 * 60 + 100, 0x22) };
const root = mbrPartition({ name: 'root', number: 1, startSector: 2048, sectorCount: 4096 });

test('an MBR disk gets the core from sector 1 and keeps its parameter block, signature and table', () => {
  const runs = encodeGrub(image(4, { kind: 'mbr', diskSignature: 1, partitions: [root] }), grub);
  assert.deepEqual(
    runs.map(({ offsetBytes, bytes }) => [offsetBytes, bytes.length]),
    [
      [0, 3],
      [0x5a, 0x1b8 - 0x5a],
      [0x1fe, 2],
      [512, 61 * 512],
    ],
  );
  const code = Buffer.from(runs[1]?.bytes ?? []);
  assert.equal(code.readBigUInt64LE(0x5c - 0x5a), 1n);
  assert.equal(code.subarray(0x66 - 0x5a, 0x68 - 0x5a).toString('hex'), '9090');
  const core = Buffer.from(runs[3]?.bytes ?? []);
  assert.equal(core.readBigUInt64LE(0x1f4), 2n);
  assert.equal(core.readUInt16LE(0x1fc), 60);
  assert.equal(
    core.subarray(60 * 512 + 100).every((byte) => byte === 0),
    true,
  );
});

test('a GPT disk gets the core in its BIOS boot partition', () => {
  const partitions = [
    gptPartition({ name: 'root', number: 1, startSector: 4096, sectorCount: 2048 }),
    gptPartition({
      name: 'BSP',
      number: 2,
      startSector: 2048,
      sectorCount: 2048,
      typeGuid: '21686148-6449-6e6f-744e-656564454649',
    }),
  ];
  const runs = encodeGrub(image(8, { kind: 'gpt', diskGuid: '', partitions }), grub);
  assert.equal(Buffer.from(runs[1]?.bytes ?? []).readBigUInt64LE(0x5c - 0x5a), 2048n);
  assert.equal(runs[3]?.offsetBytes, 2048 * 512);
  assert.equal(Buffer.from(runs[3]?.bytes ?? []).readBigUInt64LE(0x1f4), 2049n);
});

test('a core that does not fit before the first partition is refused with both sizes', () => {
  const early = { ...root, startSector: 61 };
  assert.throws(() => encodeGrub(image(4, { kind: 'mbr', diskSignature: 1, partitions: [early] }), grub), {
    code: 'LAYOUT_INVALID',
    message:
      'image "image0" cannot start with GRUB for BIOS: GRUB\'s core image has 61 sectors of 512 bytes, the gap before the first partition has 60',
    hint: 'use an alignment of 1 MiB (align in the layout)',
  });
});

test('a GPT disk without a BIOS boot partition and a disk with large sectors are refused', () => {
  assert.throws(() => encodeGrub(image(4, { kind: 'gpt', diskGuid: '', partitions: [] }), grub), {
    message: 'image "image0" cannot start with GRUB for BIOS: a GPT disk needs a BIOS boot partition for GRUB',
  });
  const large = { ...image(4, { kind: 'gpt', diskGuid: '', partitions: [] }), sectorSizeBytes: 4096 } as const;
  assert.throws(() => encodeGrub(large, grub), {
    message:
      'image "image0" cannot start with GRUB for BIOS: a BIOS cannot start from a disk with sectors of 4096 bytes',
  });
});

test('the images are found in either directory of the tree', async (context) => {
  const tree = await temporaryDirectory(context);
  assert.equal(await findGrubImages(tree), undefined);
  await mkdir(`${tree}/boot/grub2/i386-pc`, { recursive: true });
  await writeFile(`${tree}/boot/grub2/i386-pc/boot.img`, 'boot');
  assert.equal(await findGrubImages(tree), undefined);
  await writeFile(`${tree}/boot/grub2/i386-pc/core.img`, 'core');
  assert.equal((await findGrubImages(tree))?.directory, '/boot/grub2/i386-pc');
});
