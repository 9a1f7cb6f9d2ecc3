import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import {
  type AssembleDiskRequest,
  assembleDisk,
  isPopulatable,
  remakeFileSystem,
} from '../../src/disk/assemble-disk.js';
import type { DiskLayout } from '../../src/model/layout.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem, gptPartition, image, mbrPartition } from './disk-values.js';
import { cannotMount, describeImage } from './mounted-image.js';
import { describeTree, makeSampleTree } from './sample-tree.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyteSectors = 2048;

const plainExt4: DiskLayout = {
  images: [
    image(64, {
      kind: 'mbr',
      diskSignature: 0xcafe,
      partitions: [
        mbrPartition({
          name: 'root',
          number: 1,
          startSector: 2048,
          sectorCount: 62 * mebibyteSectors,
          isBootable: true,
        }),
      ],
    }),
  ],
  volumeGroups: [],
  fileSystems: [fileSystem({ type: 'ext4', label: 'cloudimg-rootfs', atMebibytes: 1, sizeMebibytes: 62 })],
};

const efi: DiskLayout = {
  images: [
    image(160, {
      kind: 'gpt',
      diskGuid: 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE',
      partitions: [
        gptPartition({
          name: 'ESP',
          number: 1,
          startSector: 2048,
          sectorCount: 40 * mebibyteSectors,
          typeGuid: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
        }),
        gptPartition({ name: 'root', number: 2, startSector: 41 * mebibyteSectors, sectorCount: 70 * mebibyteSectors }),
        gptPartition({ name: 'log', number: 3, startSector: 111 * mebibyteSectors, sectorCount: 30 * mebibyteSectors }),
        gptPartition({
          name: 'swap',
          number: 4,
          startSector: 141 * mebibyteSectors,
          sectorCount: 16 * mebibyteSectors,
        }),
      ],
    }),
  ],
  volumeGroups: [],
  fileSystems: [
    fileSystem({ type: 'ext4', name: 'mkfs_root', label: 'root', atMebibytes: 41, sizeMebibytes: 70 }),
    fileSystem({
      type: 'vfat',
      name: 'mkfs_esp',
      label: 'MKFS_ESP',
      uuid: '1234-ABCD',
      mountPoint: '/boot/efi',
      atMebibytes: 1,
      sizeMebibytes: 40,
    }),
    fileSystem({
      type: 'ext4',
      name: 'mkfs_log',
      label: 'log',
      mountPoint: '/var/log',
      atMebibytes: 111,
      sizeMebibytes: 30,
    }),
    fileSystem({
      type: 'swap',
      name: 'mkfs_swap',
      label: 'swap',
      mountPoint: 'none',
      atMebibytes: 141,
      sizeMebibytes: 16,
    }),
  ],
};

async function makeDirectories(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const directories = {
    directory,
    treeDirectory: join(directory, 'tree'),
    imageDirectory: join(directory, 'images'),
    workDirectory: join(directory, 'work'),
  };
  for (const path of Object.values(directories)) await mkdir(path, { recursive: true });
  return directories;
}

/** In a mount namespace of its own, as a build runs it. */
function assembleInNamespace(request: AssembleDiskRequest): ReadonlyMap<string, string> {
  const worker = join(packageDirectory, 'test/disk/assemble-disk-worker.ts');
  const words = ['--mount', '--propagation', 'private', process.execPath, '--import', 'tsx', worker];
  const result = spawnSync('unshare', words, { input: JSON.stringify(request), encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  return new Map(JSON.parse(result.stdout));
}

/** Cuts a file system out of an image, for the programs that know no offsets. */
function extract(imagePath: string, place: { readonly at: number; readonly size: number }, toPath: string): string {
  execFileSync('dd', [
    `if=${imagePath}`,
    `of=${toPath}`,
    'bs=1M',
    `skip=${place.at}`,
    `count=${place.size}`,
    'conv=sparse',
    'status=none',
  ]);
  return toPath;
}

const extTools = missingPrograms('mke2fs', 'e2fsck', 'debugfs', 'setfattr', 'getfattr');

test('one ext4 file system on an MBR disk needs no mount and holds the tree', {
  skip: needsRoot || extTools,
}, async (context) => {
  const { directory, ...places } = await makeDirectories(context);
  await makeSampleTree(places.treeDirectory);
  const images = await assembleDisk({ layout: plainExt4, ...places }, openDiskPorts());
  const path = join(places.imageDirectory, 'image0.raw');
  assert.deepEqual([...images], [['image0', path]]);
  assert.equal((await stat(path)).size, 64 * 1024 * 1024);
  const fileSystemPath = extract(path, { at: 1, size: 62 }, join(directory, 'root'));
  execFileSync('e2fsck', ['-fn', fileSystemPath], { stdio: 'pipe' });
  const [label, uuid] = ['LABEL', 'UUID'].map((tag) =>
    execFileSync('blkid', ['-p', '-s', tag, '-o', 'value', fileSystemPath], { encoding: 'utf8' }).trim(),
  );
  assert.deepEqual([label, uuid], ['cloudimg-rootfs', '11111111-2222-4333-8444-555555555555']);
  assert.deepEqual(await readdir(places.workDirectory), []);
});

test('each file system of an EFI disk gets its part of the tree', {
  skip: needsRoot || extTools || missingPrograms('mkfs.fat', 'mcopy', 'fsck.fat', 'unshare'),
}, async (context) => {
  const { directory, ...places } = await makeDirectories(context);
  await makeSampleTree(places.treeDirectory);
  await mkdir(join(places.treeDirectory, 'boot/efi/EFI'));
  await mkdir(join(places.treeDirectory, 'boot/efi/EFI/BOOT'));
  await writeFile(join(places.treeDirectory, 'boot/efi/EFI/BOOT/BOOTX64.EFI'), Buffer.alloc(123_456, 5));
  await writeFile(join(places.treeDirectory, 'boot/efi/EFI/BOOT/grub.cfg'), 'set x\n');
  const images = assembleInNamespace({ layout: efi, ...places });
  const path = images.get('image0') ?? '';
  assert.match(execFileSync('sgdisk', ['-v', path], { encoding: 'utf8' }), /No problems found/);

  const root = extract(path, { at: 41, size: 70 }, join(directory, 'root'));
  execFileSync('e2fsck', ['-fn', root], { stdio: 'pipe' });
  const listing = execFileSync('debugfs', ['-R', 'ls -p /var/log', root], { encoding: 'utf8', stdio: 'pipe' });
  assert.deepEqual(
    listing
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('/')[5]),
    ['.', '..'],
  );
  assert.match(
    execFileSync('debugfs', ['-R', 'stat /var/log', root], { encoding: 'utf8', stdio: 'pipe' }),
    /Mode: {2}0755 .*\nGeneration.*\nUser: +0 +Group: +0 /,
  );

  const log = extract(path, { at: 111, size: 30 }, join(directory, 'log'));
  execFileSync('e2fsck', ['-fn', log], { stdio: 'pipe' });
  const logRoot = execFileSync('debugfs', ['-R', 'stat <2>', log], { encoding: 'utf8', stdio: 'pipe' });
  assert.match(logRoot, /Mode: {2}02775 .*\nGeneration.*\nUser: +0 +Group: +4 /);
  assert.match(logRoot, /mtime: 0x5f5e1000:00000000/);

  const esp = extract(path, { at: 1, size: 40 }, join(directory, 'esp'));
  execFileSync('fsck.fat', ['-n', esp], { stdio: 'pipe' });
  const tags = execFileSync('blkid', ['-p', '-o', 'export', esp], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(tags.filter((line) => /^(LABEL|UUID|VERSION|TYPE)=/.test(line)).sort(), [
    'LABEL=MKFS_ESP',
    'TYPE=vfat',
    'UUID=1234-ABCD',
    'VERSION=FAT32',
  ]);
  const copied = execFileSync('mtype', ['-i', esp, '::/EFI/BOOT/grub.cfg'], { encoding: 'utf8' });
  assert.equal(copied, 'set x\n');

  const swap = extract(path, { at: 141, size: 16 }, join(directory, 'swap'));
  assert.match(
    execFileSync('blkid', ['-p', swap], { encoding: 'utf8' }),
    /LABEL="swap" UUID="11111111-2222-4333-8444-555555555555".* TYPE="swap"/,
  );
  assert.deepEqual(await readdir(places.workDirectory), []);
});

test('the kernel mounts the image and finds the tree as it was', { skip: extTools || cannotMount }, async (context) => {
  const { directory, ...places } = await makeDirectories(context);
  await makeSampleTree(places.treeDirectory);
  await assembleDisk({ layout: plainExt4, ...places }, openDiskPorts());
  const read = await describeImage(join(places.imageDirectory, 'image0.raw'), { directory, offsetBytes: 1024 * 1024 });
  assert.deepEqual(read.lines, await describeTree(places.treeDirectory, { hasTimes: true }));
  assert.equal(read.sparseBlocks < 64, true, `${read.sparseBlocks} blocks for the sparse file`);
});

test('an XFS that is made beside the disk lies at its place', {
  skip: extTools || missingPrograms('mkfs.xfs') || cannotMount,
}, async (context) => {
  const { directory, ...places } = await makeDirectories(context);
  await makeSampleTree(places.treeDirectory);
  const root = fileSystem({ type: 'xfs', atMebibytes: 3, sizeMebibytes: 320 });
  const partition = mbrPartition({
    name: 'root',
    number: 1,
    startSector: 3 * 2048,
    sectorCount: 320 * mebibyteSectors,
  });
  const table = { kind: 'mbr', diskSignature: 1, partitions: [partition] } as const;
  const layout = { images: [image(324, table)], volumeGroups: [], fileSystems: [root] };
  const images = await assembleDisk({ layout, ...places }, openDiskPorts());
  const read = await describeImage(images.get('image0') ?? '', { directory, offsetBytes: 3 * 1024 * 1024 });
  assert.deepEqual(read.lines, await describeTree(places.treeDirectory, { hasTimes: true }));
  assert.deepEqual(await readdir(places.workDirectory), []);
});

test('with a source date the same tree gives the same bytes, whatever its access and change times', {
  skip: needsRoot || extTools || missingPrograms('mkfs.fat', 'mcopy'),
}, async (context) => {
  const digests: string[] = [];
  for (const touch of [false, true]) {
    const { treeDirectory, imageDirectory, workDirectory } = await makeDirectories(context);
    await makeSampleTree(treeDirectory);
    await mkdir(join(treeDirectory, 'boot/efi/EFI'));
    await writeFile(join(treeDirectory, 'boot/efi/EFI/new'), 'newer than the source date');
    if (touch)
      execFileSync('find', [treeDirectory, '-exec', 'chmod', '--reference={}', '{}', ';'], { stdio: 'ignore' });
    const images = assembleInNamespace({
      layout: efi,
      treeDirectory,
      imageDirectory,
      workDirectory,
      sourceDateEpochSeconds: 1_650_000_000,
    });
    digests.push(
      createHash('sha256')
        .update(await readFile(images.get('image0') ?? ''))
        .digest('hex'),
    );
  }
  assert.equal(digests[0], digests[1]);
});

test('a file system of a finished image is made again from another directory', { skip: extTools }, async (context) => {
  const { directory, ...places } = await makeDirectories(context);
  await writeFile(join(places.treeDirectory, 'old'), Buffer.alloc(1_000_000, 1));
  const imagePaths = await assembleDisk({ layout: plainExt4, ...places }, openDiskPorts());
  const partDirectory = join(directory, 'part');
  await mkdir(partDirectory);
  await writeFile(join(partDirectory, 'new'), 'text');
  const [root] = plainExt4.fileSystems;
  assert.ok(root !== undefined);
  const { workDirectory } = places;
  const request = { layout: plainExt4, fileSystem: root, partDirectory, imagePaths, workDirectory };
  await remakeFileSystem(request, openDiskPorts());
  const path = extract(imagePaths.get('image0') ?? '', { at: 1, size: 62 }, join(directory, 'root'));
  execFileSync('e2fsck', ['-fn', path], { stdio: 'pipe' });
  const listing = execFileSync('debugfs', ['-R', 'ls -p /', path], { encoding: 'utf8', stdio: 'pipe' });
  const names = listing.split('\n').map((line) => line.split('/')[5]);
  assert.deepEqual(names.filter((name) => name !== undefined).sort(), ['.', '..', 'lost+found', 'new']);
  assert.deepEqual([isPopulatable('ext4'), isPopulatable('ntfs')], [true, false]);
});

test('file systems that cannot be made are named before anything is written', async (context) => {
  const { directory: _, ...places } = await makeDirectories(context);
  const layout = { ...plainExt4, fileSystems: [fileSystem({ type: 'ntfs', atMebibytes: 1, sizeMebibytes: 62 })] };
  await assert.rejects(assembleDisk({ layout, ...places }, openDiskPorts()), {
    code: 'FILE_SYSTEM_UNSUPPORTED',
    hint: 'use another type, or DIB_DISK_MODE=loop (needs root and loop devices)',
  });
  assert.deepEqual(await readdir(places.imageDirectory), []);
});

test('a tree that does not fit is told as that, and no image is left', { skip: extTools }, async (context) => {
  const { directory: _, ...places } = await makeDirectories(context);
  await writeFile(join(places.treeDirectory, 'large'), Buffer.alloc(80 * 1024 * 1024, 1));
  await assert.rejects(assembleDisk({ layout: plainExt4, ...places }, openDiskPorts()), { code: 'LAYOUT_TOO_SMALL' });
  assert.deepEqual(await readdir(places.imageDirectory), []);
  assert.deepEqual(await readdir(places.workDirectory), []);
});
