import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { missingPrograms } from '../disk/disk-ports.js';
import { bootImage, whyNoBoot } from '../helpers/boot.js';
import { cannotLoop } from './in-namespace.js';

/** Whole builds of a small tree, by the command as it is installed. */
const skip =
  cannotLoop ||
  missingPrograms('tar', 'losetup') ||
  (existsSync(join(packageDirectory, 'dist/cli/main.js')) ? false : 'not built: dist/cli/main.js is missing');

const elementsPath = ['test/fixtures/elements/third-party', 'test/loop/elements']
  .map((path) => join(packageDirectory, path))
  .join(':');

const create = join(packageDirectory, 'bin/disk-image-create');

function environmentIn(directory: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: join(directory, 'home'),
    ELEMENTS_PATH: elementsPath,
    ...values,
  };
}

function makeDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-loop-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function build(
  directory: string,
  words: readonly string[],
  values: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(create, ['-n', '-a', 'amd64', ...words], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
    env: environmentIn(directory, values),
  });
  return { status, output: stdout + stderr };
}

/** Loop devices on files below a directory, the deleted too, and on the workspace of builds. */
function attachedTo(text: string): readonly string[] {
  return execFileSync('losetup', ['--list', '--noheadings', '-O', 'NAME,BACK-FILE'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text));
}

function fileIn(archivePath: string, path: string): string {
  return execFileSync('tar', ['-xOf', archivePath, path], { encoding: 'utf8' });
}

test('an element that works on the disk chooses the loop mode and finds everything', { skip }, (context) => {
  const directory = makeDirectory(context);
  const { status, output } = build(directory, [
    ...['-t', 'raw,tar', '-o', 'image', '--image-size', '0.3'],
    ...['little-os', 'block-device-mbr', 'device-user'],
  ]);
  assert.equal(status, 0, output);
  const [disk = '', image, root, mount] = fileIn(join(directory, 'image.tar'), './var/lib/device-user/seen').split(
    '\n',
  );
  const device = disk.slice('disk '.length);
  assert.match(device, /^\/dev\/loop\d+$/);
  assert.deepEqual(
    [image, root, mount],
    [`device image0 ${device}`, `device root ${device}p1`, `mount ${device}p1 / ext4`],
  );
  const raw = readFileSync(join(directory, 'image.raw')).subarray(100_000, 100_022);
  assert.equal(raw.toString(), 'written by device-user');
  assert.deepEqual(attachedTo(directory), []);
});

test('grub-install of the target works on the disk unmodified, and the image boots', {
  skip: skip || missingPrograms('grub-install', 'grub-mkimage', 'udevadm') || whyNoBoot(),
}, async (context) => {
  const directory = makeDirectory(context);
  const { status, output } = build(directory, [
    ...['-t', 'raw', '-o', 'image', '--image-size', '0.3'],
    ...['little-os', 'block-device-mbr', 'grub-writer'],
  ]);
  assert.equal(status, 0, output);
  assert.match(output, /Installation finished. No error reported./);
  assert.match(output, /the disk has the boot sector that was installed/);
  const session = bootImage({ imagePath: join(directory, 'image.raw'), format: 'raw', firmware: 'bios' });
  context.after(() => session.close());
  await session.waitFor(/menu read from hd0,msdos1/, 60_000);
});

test('a disk that a block-device.d hook makes becomes the image', { skip }, (context) => {
  const directory = makeDirectory(context);
  const { status, output } = build(directory, ['-t', 'raw,tar', '-o', 'image', 'little-os', 'disk-maker']);
  assert.equal(status, 0, output);
  const table = execFileSync('sfdisk', ['--dump', join(directory, 'image.raw')], { encoding: 'utf8' });
  assert.match(table, /start= +2048, size= +194560, type=83, bootable/);
  assert.equal(
    execFileSync('blkid', ['-p', '-O', '1048576', '-s', 'LABEL', '-o', 'value', join(directory, 'image.raw')], {
      encoding: 'utf8',
    }),
    'cloudimg-rootfs\n',
  );
  assert.equal(fileIn(join(directory, 'image.tar'), './etc/fstab'), 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n');
  assert.deepEqual(attachedTo('own.raw'), []);
});

/** Two disks' worth of everything that this kernel mounts, and a FAT, which it may not. */
const manyFileSystems = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: ESP, type: EF00, size: 40MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi, fstab: {} } } }
      - { name: boot, size: 60MiB, mkfs: { type: ext4, label: boot, mount: { mount_point: /boot, fstab: {} } } }
      - { name: swap, type: 8200, size: 8MiB, mkfs: { type: swap, mount: { fstab: {} } } }
      - { name: var, size: 320MiB, mkfs: { type: xfs, label: var, mount: { mount_point: /var, fstab: {} } } }
      - { name: volumes, type: 8E00, size: 100% }
- lvm:
    name: lvm
    pvs: [ { name: pv, base: volumes } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs: [ { name: lv_root, base: vg, size: 200MiB }, { name: lv_opt, base: vg, size: 160MiB } ]
- mkfs: { name: mkfs_root, base: lv_root, mount: { mount_point: /, fstab: { fsck-passno: 1 } } }
- mkfs: { base: lv_opt, type: btrfs, label: opt, mount: { mount_point: /opt, fstab: {} } }
`;

test('both modes give the same tables and the same trees', {
  skip: skip || missingPrograms('mkfs.xfs', 'mkfs.btrfs', 'mkfs.fat', 'mcopy'),
}, (context) => {
  const directory = makeDirectory(context);
  const common = {
    SOURCE_DATE_EPOCH: '1700000000',
    DIB_BLOCK_DEVICE_CONFIG: manyFileSystems,
  };
  const outcomes = (['files', 'loop'] as const).map((mode) => {
    const { status, output } = build(directory, ['-t', 'raw,tar', '-o', mode, '--image-size', '1', 'little-os'], {
      ...common,
      DIB_DISK_MODE: mode,
    });
    assert.equal(status, 0, output);
    const path = join(directory, `${mode}.raw`);
    return {
      table: execFileSync('sfdisk', ['--dump', path], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => !line.startsWith('label-id:') && !line.startsWith('device:'))
        .map((line) => line.replaceAll(/ *uuid=[^,]*,?|.*\.raw/g, '')),
      archive: execFileSync('tar', ['-tvf', join(directory, `${mode}.tar`), '--full-time', '--numeric-owner'], {
        encoding: 'utf8',
      }).split('\n'),
      digest: execFileSync(
        'sh',
        [
          '-c',
          'mkdir "$2" && tar -xf "$1" -C "$2" && cd "$2" && find . -type f -exec sha256sum {} + | sort',
          'sh',
          `${mode}.tar`,
          `${mode}.unpacked`,
        ],
        {
          cwd: directory,
          encoding: 'utf8',
        },
      ),
    };
  });
  const [files, loop] = outcomes;
  assert.deepEqual(loop?.table, files?.table);
  assert.deepEqual(loop?.archive, files?.archive);
  assert.equal(loop?.digest, files?.digest);
});

test('kill -9 while a hook runs leaves no loop device and no file', { skip }, async (context) => {
  const directory = makeDirectory(context);
  const child = spawn(
    create,
    [
      '-n',
      '-a',
      'amd64',
      '-t',
      'qcow2',
      '-o',
      'image',
      '--image-size',
      '0.3',
      'little-os',
      'block-device-mbr',
      'device-user',
    ],
    {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: environmentIn(directory, { break: 'before-finalise', break_cmd: 'echo waiting-now; sleep 600' }),
    },
  );
  context.after(() => child.kill('SIGKILL'));
  let said = '';
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('waiting-now')) done();
    });
    child.on('exit', () => fail(new Error(said)));
  });
  const during = attachedTo('/dib/image/image0.raw');
  assert.equal(during.length, 1, `not attached while the hook runs: ${said}`);
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  for (let tries = 0; attachedTo('/dib/image/image0.raw').length > 0 && tries < 100; tries += 1)
    spawnSync('sleep', ['0.1']);
  assert.deepEqual(attachedTo('/dib/image/image0.raw'), []);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith('image')),
    [],
  );
});
