import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { bootImage, checkUnits, logIn, runInGuest, whyNoBoot } from '../helpers/boot.js';
import { buildSystemImage, whyNoSystemBuild } from '../helpers/system-build.js';
import { cannotLoop } from '../loop/in-namespace.js';

const output = mkdtempSync(join(tmpdir(), 'dib-disk-boot-'));
after(() => rmSync(output, { recursive: true, force: true }));

/** Loaders for both firmwares, a /boot that GRUB reads before any volume, and the rest of the system on volumes. */
const volumeLayout = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: gpt
    partitions:
      - { name: ESP, type: EF00, size: 64MiB, mkfs: { type: vfat, mount: { mount_point: /boot/efi, fstab: {} } } }
      - { name: BSP, type: EF02, size: 1MiB }
      - { name: boot, size: 300MiB, mkfs: { type: ext4, label: boot, mount: { mount_point: /boot, fstab: {} } } }
      - { name: volumes, type: 8E00, size: 100% }
- lvm:
    name: lvm
    pvs: [ { name: pv, base: volumes } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs:
      - { name: lv_root, base: vg, size: 1400MiB }
      - { name: lv_var, base: vg, size: 700MiB }
      - { name: lv_swap, base: vg, size: 128MiB }
- mkfs: { name: mkfs_root, base: lv_root, type: xfs, mount: { mount_point: /, fstab: { fsck-passno: 1 } } }
- mkfs: { base: lv_var, type: xfs, label: fs_var, mount: { mount_point: /var, fstab: {} } }
- mkfs: { base: lv_swap, type: swap, label: swap, mount: { fstab: {} } }
`;

const btrfsLayout = `
- local_loop: { name: image0 }
- partitioning:
    base: image0
    label: mbr
    partitions:
      - name: boot
        size: 300MiB
        flags: [ boot, primary ]
        mkfs: { type: ext4, label: boot, mount: { mount_point: /boot, fstab: {} } }
      - { name: swap, type: 82, size: 128MiB, flags: [ primary ], mkfs: { type: swap, label: swap, mount: { fstab: {} } } }
      - name: root
        size: 100%
        flags: [ primary ]
        mkfs: { name: mkfs_root, type: btrfs, mount: { mount_point: /, fstab: { fsck-passno: 1 } } }
`;

const skip = whyNoSystemBuild() || whyNoBoot('uefi');

function build(name: string, words: readonly string[], environment: Record<string, string> = {}) {
  const path = buildSystemImage({
    directory: output,
    name,
    words: ['-t', 'qcow2', 'vm', 'debian-minimal', 'boot-check', ...words],
    environment: {
      ELEMENTS_PATH: join(packageDirectory, 'test/fixtures/elements/system'),
      DIB_RELEASE: 'bookworm',
      DIB_GRUB_TIMEOUT: '1',
      ...environment,
    },
    layers: true,
  });
  return `${path}.qcow2`;
}

/** The same disk in a machine that has a larger one: what a cloud does with an image. */
function enlarge(imagePath: string, size: string): string {
  const path = imagePath.replace(/\.qcow2$/, '-larger.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', imagePath, '-F', 'qcow2', path, size]);
  return path;
}

async function inGuest(
  imagePath: string,
  firmware: 'bios' | 'uefi',
  check: (run: (command: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const session = bootImage({ imagePath, format: 'qcow2', firmware });
  try {
    await logIn(session);
    await check((command) => runInGuest(session, command, 300_000));
  } finally {
    await session.close();
  }
}

/** Every unit came up, and what fstab names is mounted, and nothing else: swap too. */
async function checkSystem(run: (command: string) => Promise<string>, mountPoints: readonly string[]): Promise<void> {
  await checkUnits(run);
  assert.match(await run('findmnt --verify --fstab >/dev/null && echo "fstab"-ok'), /fstab-ok/);
  const found = await run(
    'for m in $(findmnt --fstab -rno TARGET | grep ^/); do mountpoint -q "$m" && echo "mounted:$m"; done',
  );
  assert.deepEqual([...found.matchAll(/^mounted:(\/\S*)$/gm)].map(([, path]) => path).sort(), [...mountPoints].sort());
  assert.match(await run('swapon --show=SIZE --noheadings | tr -d " " | sed s/^/swap:/'), /^swap:128M$/m);
}

/** The size of a mounted file system, in MiB. */
async function mebibytesOf(run: (command: string) => Promise<string>, mountPoint: string): Promise<number> {
  const said = await run(`df -B1M --output=size ${mountPoint} | tail -n 1 | tr -d ' ' | sed s/^/size:/`);
  return Number(/^size:(\d+)$/m.exec(said)?.[1]);
}

test('EFI with the system on volumes boots from UEFI and from BIOS, and growvols shares out a larger disk', {
  skip,
}, async () => {
  const imagePath = build('volumes', ['block-device-efi', 'lvm', 'growvols'], {
    DIB_BLOCK_DEVICE_CONFIG: volumeLayout,
    DIB_GROWVOLS_TRIGGER: 'systemd',
    DIB_GROWVOLS_ARGS: '/var=40%',
  });
  const mountPoints = ['/', '/boot', '/boot/efi', '/var'];
  await inGuest(enlarge(imagePath, '8G'), 'uefi', async (run) => {
    await checkSystem(run, mountPoints);
    assert.match(await run('test -d /sys/firmware/efi && echo "firm"ware'), /firmware/);
    // Of 8192 MiB some 2600 are the image; 40 % and 60 % of the rest come on top of 700 and 1400 MiB.
    const root = await mebibytesOf(run, '/');
    const variable = await mebibytesOf(run, '/var');
    assert.ok(root > 4300 && root < 5000, `/ has ${root} MiB`);
    assert.ok(variable > 2600 && variable < 3100, `/var has ${variable} MiB`);
    assert.match(await run('sgdisk --verify /dev/vda'), /No problems found/);
  });
  await inGuest(imagePath, 'bios', async (run) => {
    await checkSystem(run, mountPoints);
    assert.match(await run('findmnt -no SOURCE /'), /\/dev\/mapper\/vg-lv_root/);
    const root = await mebibytesOf(run, '/');
    assert.ok(root > 1200 && root < 1400, `/ has ${root} MiB`);
  });
});

test('Btrfs behind a /boot of its own on an MBR boots from BIOS, and growroot takes a larger disk', {
  skip,
}, async () => {
  const imagePath = build('btrfs', ['block-device-mbr', 'growroot'], { DIB_BLOCK_DEVICE_CONFIG: btrfsLayout });
  await inGuest(enlarge(imagePath, '8G'), 'bios', async (run) => {
    await checkSystem(run, ['/', '/boot']);
    assert.match(await run('findmnt -no FSTYPE /'), /btrfs/);
    const root = await mebibytesOf(run, '/');
    assert.ok(root > 7600 && root < 7800, `/ has ${root} MiB`);
  });
});

/** What block-device-mbr brings, by a name that tells its loop device from those that other tests look for. */
const plainLayout = `
- local_loop: { name: own-grub }
- partitioning:
    base: own-grub
    label: mbr
    partitions:
      - name: root
        size: 100%
        flags: [ boot, primary ]
        mkfs: { name: mkfs_root, mount: { mount_point: /, fstab: { options: defaults, fsck-passno: 1 } } }
`;

test('GRUB that an element installs on $IMAGE_BLOCK_DEVICE boots', { skip: skip || cannotLoop }, async () => {
  const imagePath = build('own-grub', ['own-grub'], { DIB_BLOCK_DEVICE_CONFIG: plainLayout });
  await inGuest(imagePath, 'bios', async (run) => {
    await checkUnits(run);
    assert.match(await run('findmnt -no SOURCE /'), /\/dev\/vda1/);
    assert.match(await run('cat /proc/cmdline'), /console=ttyS0,115200/);
  });
});
