import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { withScope } from '../../src/base/scope.js';
import { assembleDisk } from '../../src/disk/assemble-disk.js';
import { inspectDisk } from '../../src/disk/inspect-disk.js';
import { openImage } from '../../src/disk/open-image.js';
import type { DiskLayout } from '../../src/model/layout.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { fileSystem, gptPartition, image, mbrPartition } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;
const uuid = '11111111-2222-4333-8444-555555555555';

async function assemble(context: TestContext, layout: DiskLayout) {
  const directory = await temporaryDirectory(context);
  for (const name of ['tree', 'images', 'work']) await mkdir(join(directory, name));
  await writeFile(join(directory, 'tree/file'), 'text');
  const images = await assembleDisk(
    {
      layout,
      treeDirectory: join(directory, 'tree'),
      imageDirectory: join(directory, 'images'),
      workDirectory: join(directory, 'work'),
    },
    openDiskPorts(),
  );
  return { directory, imagePath: images.get('image0') ?? '' };
}

function inspect(imagePath: string, scratchDirectory: string) {
  return withScope(async (scope) => {
    const opened = await openImage({ imagePath, scratchDirectory }, openDiskPorts(), scope);
    return inspectDisk(opened.read, opened.sizeBytes);
  });
}

const partitions = [
  gptPartition({ name: 'one', number: 1, startSector: 2048, sectorCount: 40 * 2048 }),
  gptPartition({ name: 'lvm', number: 2, startSector: 41 * 2048, sectorCount: 61 * 2048 }),
  gptPartition({ name: 'fat', number: 3, startSector: 102 * 2048, sectorCount: 20 * 2048, isBootable: true }),
];

const withVolumes: DiskLayout = {
  images: [image(128, { kind: 'gpt', diskGuid: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE', partitions })],
  volumeGroups: [
    {
      name: 'vg',
      id: 'g'.repeat(32),
      extentSizeBytes: 4 * mebibyte,
      physicalVolumes: [
        {
          name: 'pv',
          id: 'p'.repeat(32),
          region: { image: 'image0', offsetBytes: 41 * mebibyte, sizeBytes: 61 * mebibyte },
          extentCount: 15,
        },
      ],
      logicalVolumes: [
        {
          name: 'lv_root',
          id: 'r'.repeat(32),
          type: 'linear',
          sizeBytes: 40 * mebibyte,
          segments: [
            { physicalVolume: 'pv', firstExtent: 2, extentCount: 5 },
            { physicalVolume: 'pv', firstExtent: 8, extentCount: 5 },
          ],
        },
        {
          name: 'lv_swap',
          id: 's'.repeat(32),
          type: 'linear',
          sizeBytes: 8 * mebibyte,
          segments: [{ physicalVolume: 'pv', firstExtent: 0, extentCount: 2 }],
        },
      ],
    },
  ],
  fileSystems: [
    {
      ...fileSystem({ type: 'ext4', label: 'root', atMebibytes: 0, sizeMebibytes: 40 }),
      regions: [
        { image: 'image0', offsetBytes: 50 * mebibyte, sizeBytes: 20 * mebibyte },
        { image: 'image0', offsetBytes: 74 * mebibyte, sizeBytes: 20 * mebibyte },
      ],
    },
    fileSystem({ type: 'swap', label: 'swap', mountPoint: 'none', atMebibytes: 42, sizeMebibytes: 8 }),
    {
      ...fileSystem({ type: 'ext3', name: 'spare', label: 'spare', atMebibytes: 1, sizeMebibytes: 40 }),
      mountPoint: 'none',
    },
    {
      ...fileSystem({ type: 'vfat', label: 'FAT', uuid: 'ABCD-0123', atMebibytes: 102, sizeMebibytes: 20 }),
      mountPoint: 'none',
    },
  ],
};

const volumeAreas = [
  {
    kind: 'partition',
    name: '1',
    offsetBytes: mebibyte,
    sizeBytes: 40 * mebibyte,
    content: { type: 'ext3', label: 'spare', uuid, sizeBytes: 40 * mebibyte },
  },
  {
    kind: 'partition',
    name: '2',
    offsetBytes: 41 * mebibyte,
    sizeBytes: 61 * mebibyte,
    content: { type: 'LVM2_member', uuid: 'p'.repeat(32), sizeBytes: 61 * mebibyte },
  },
  {
    kind: 'logical-volume',
    name: 'vg/lv_root',
    offsetBytes: 50 * mebibyte,
    sizeBytes: 40 * mebibyte,
    content: { type: 'ext4', label: 'root', uuid, sizeBytes: 40 * mebibyte },
  },
  {
    kind: 'logical-volume',
    name: 'vg/lv_swap',
    offsetBytes: 42 * mebibyte,
    sizeBytes: 8 * mebibyte,
    content: { type: 'swap', label: 'swap', uuid, sizeBytes: 8 * mebibyte },
  },
  {
    kind: 'partition',
    name: '3',
    offsetBytes: 102 * mebibyte,
    sizeBytes: 20 * mebibyte,
    content: { type: 'vfat', label: 'FAT', uuid: 'ABCD-0123', sizeBytes: 20 * mebibyte },
  },
];

const tools = missingPrograms('mke2fs', 'mkfs.fat', 'qemu-img');

test('a GPT disk with volumes is read back, raw and as qcow2', { skip: tools }, async (context) => {
  const { directory, imagePath } = await assemble(context, withVolumes);
  const disk = await inspect(imagePath, directory);
  assert.deepEqual(disk.table, withVolumes.images[0]?.table);
  assert.deepEqual(disk.areas, volumeAreas);
  assert.equal(disk.sizeBytes, 128 * mebibyte);
  const compressedPath = join(directory, 'image, compressed.qcow2');
  execFileSync('qemu-img', ['convert', '-c', '-O', 'qcow2', imagePath, compressedPath]);
  assert.deepEqual(await inspect(compressedPath, directory), disk);
});

test('a file system on a volume in two pieces is whole', {
  skip: tools || missingPrograms('e2fsck'),
}, async (context) => {
  const { directory, imagePath } = await assemble(context, withVolumes);
  const joined = join(directory, 'joined');
  for (const [from, to] of [
    [50, 0],
    [74, 20],
  ])
    execFileSync('dd', [
      `if=${imagePath}`,
      `of=${joined}`,
      'bs=1M',
      `skip=${from}`,
      `seek=${to}`,
      'count=20',
      'conv=notrunc',
      'status=none',
    ]);
  execFileSync('e2fsck', ['-fn', joined], { stdio: 'pipe' });
});

test('logical partitions of an MBR are read back', { skip: tools }, async (context) => {
  const table = {
    kind: 'mbr',
    diskSignature: 0x12345678,
    partitions: [
      mbrPartition({ name: '', number: 1, startSector: 2048, sectorCount: 8 * 2048, isBootable: true }),
      mbrPartition({ name: '', number: 5, startSector: 20480, sectorCount: 4096, isLogical: true, ebrSector: 18432 }),
      mbrPartition({ name: '', number: 6, startSector: 26624, sectorCount: 4096, isLogical: true, ebrSector: 24576 }),
    ],
    extended: { number: 2, startSector: 18432, sectorCount: 14336 },
  } as const;
  const root = fileSystem({ type: 'ext2', label: '', atMebibytes: 13, sizeMebibytes: 2 });
  const { directory, imagePath } = await assemble(context, {
    images: [image(16, table)],
    volumeGroups: [],
    fileSystems: [root],
  });
  const disk = await inspect(imagePath, directory);
  assert.deepEqual(disk.table, table);
  assert.deepEqual(disk.areas[2], {
    kind: 'partition',
    name: '6',
    offsetBytes: 13 * mebibyte,
    sizeBytes: 2 * mebibyte,
    content: { type: 'ext2', uuid, sizeBytes: 2 * mebibyte },
  });
});

test('a disk that is one file system has no table, and one of zeros has nothing', { skip: tools }, async (context) => {
  const whole = fileSystem({ type: 'vfat', label: 'WHOLE', uuid: '1234-5678', atMebibytes: 0, sizeMebibytes: 16 });
  const { directory, imagePath } = await assemble(context, {
    images: [image(16)],
    volumeGroups: [],
    fileSystems: [whole],
  });
  const disk = await inspect(imagePath, directory);
  assert.deepEqual(disk.areas, [
    {
      kind: 'disk',
      name: '',
      offsetBytes: 0,
      sizeBytes: 16 * mebibyte,
      content: { type: 'vfat', label: 'WHOLE', uuid: '1234-5678', sizeBytes: 16 * mebibyte },
    },
  ]);
  assert.equal('table' in disk, false);
  const empty = await inspectDisk(async (_, lengthBytes) => Buffer.alloc(lengthBytes), 4096);
  assert.deepEqual(empty.areas, [{ kind: 'disk', name: '', offsetBytes: 0, sizeBytes: 4096 }]);
});

test('an EBR chain that bites its own tail ends', async () => {
  const sector = Buffer.alloc(512);
  sector.set([0x55, 0xaa], 510);
  sector[446 + 4] = 0x0f;
  sector.writeUInt32LE(64, 446 + 8);
  sector.writeUInt32LE(64, 446 + 12);
  const ebr = Buffer.from(sector);
  ebr[446 + 4] = 0x83;
  ebr.writeUInt32LE(1, 446 + 8);
  ebr[462 + 4] = 0x05;
  ebr.writeUInt32LE(1, 462 + 8);
  ebr.writeUInt32LE(1, 462 + 12);
  const disk = await inspectDisk(async (offsetBytes, lengthBytes) => {
    const bytes = Buffer.alloc(lengthBytes);
    if (offsetBytes === 0) sector.copy(bytes);
    if (offsetBytes === 64 * 512 || offsetBytes === 65 * 512) ebr.copy(bytes);
    return bytes;
  }, 65536);
  assert.equal(disk.table?.partitions.length, 1000);
});
