import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const bootElements = [
  'block-device-efi',
  'block-device-efi-4k',
  'block-device-efi-lvm',
  'block-device-gpt',
  'block-device-mbr',
  'bootloader',
  'enable-serial-console',
  'growroot',
  'growvols',
  'grub2',
  'lvm',
  'replace-partition',
  'replace-partition-redhat',
  'uboot',
  'vm',
  'zipl',
];

const rootOn = (type?: string) => ({
  ...(type === undefined ? {} : { type }),
  mount: { mount_point: '/', fstab: { options: 'defaults', 'fsck-passno': 1 } },
});

const espOf = (size: string) => ({
  name: 'ESP',
  type: 'EF00',
  size,
  mkfs: { type: 'vfat', mount: { mount_point: '/boot/efi', fstab: { options: 'defaults', 'fsck-passno': 2 } } },
});

const bsp = { name: 'BSP', type: 'EF02', size: '8MiB' };

function layoutOf(element: string, file = 'block-device-default.yaml'): unknown {
  return parse(readFileSync(join(builtinElementsDirectory, element, file), 'utf8'), { version: '1.1' });
}

const disk = (label: string, partitions: unknown, extra: object = {}) => [
  { local_loop: { name: 'image0', ...extra } },
  { partitioning: { base: 'image0', label, partitions } },
];

test('the stock layouts are those that are documented', () => {
  assert.deepEqual(
    layoutOf('block-device-mbr'),
    disk('mbr', [{ name: 'root', flags: ['boot', 'primary'], size: '100%', mkfs: rootOn() }]),
  );
  assert.deepEqual(
    layoutOf('block-device-mbr', 'block-device-ppc64el.yaml'),
    disk('mbr', [
      { name: 'boot', flags: ['boot', 'primary'], type: '0x41', size: '8MiB' },
      { name: 'root', flags: ['primary'], size: '100%', mkfs: rootOn() },
    ]),
  );
  assert.deepEqual(
    layoutOf('block-device-gpt'),
    disk('gpt', [bsp, { name: 'root', flags: ['boot'], size: '100%', mkfs: rootOn('ext4') }]),
  );
  assert.deepEqual(
    layoutOf('block-device-gpt', 'block-device-ppc64el.yaml'),
    disk('gpt', [
      { name: 'boot', type: '0x4100', size: '8MiB' },
      { name: 'root', size: '100%', mkfs: rootOn('ext4') },
    ]),
  );
  const root = { name: 'root', type: '8300', size: '100%', mkfs: rootOn('ext4') };
  assert.deepEqual(layoutOf('block-device-efi'), disk('gpt', [espOf('550MiB'), bsp, root]));
  assert.deepEqual(layoutOf('block-device-efi-4k'), disk('gpt', [espOf('500MiB'), bsp, root], { block_size: 4096 }));
});

test('the LVM layout puts three xfs volumes on one group', () => {
  const [, table, lvm, ...fileSystems] = layoutOf('block-device-efi-lvm') as Record<string, unknown>[];
  assert.deepEqual(table, {
    partitioning: {
      base: 'image0',
      label: 'gpt',
      partitions: [espOf('550MiB'), bsp, { name: 'root', type: '8300', flags: ['boot'], size: '40G' }],
    },
  });
  assert.deepEqual(lvm, {
    lvm: {
      name: 'lvm',
      pvs: [{ name: 'pv', base: 'root', options: ['--force'] }],
      vgs: [{ name: 'vg', base: ['pv'], options: ['--force'] }],
      lvs: [
        { name: 'lv_root', base: 'vg', extents: '23%VG' },
        { name: 'lv_var', base: 'vg', extents: '57%VG' },
        { name: 'lv_home', base: 'vg', extents: '20%VG' },
      ],
    },
  });
  const mount = (mountPoint: string, options: string, pass: number) => ({
    mount_point: mountPoint,
    fstab: { options, 'fsck-passno': pass },
  });
  assert.deepEqual(fileSystems, [
    {
      mkfs: {
        name: 'fs_root',
        base: 'lv_root',
        type: 'xfs',
        label: 'img-rootfs',
        mount: mount('/', 'rw,relatime', 1),
      },
    },
    { mkfs: { name: 'fs_var', base: 'lv_var', type: 'xfs', mount: mount('/var', 'rw,relatime', 2) } },
    { mkfs: { name: 'fs_home', base: 'lv_home', type: 'xfs', mount: mount('/home', 'rw,nodev,relatime', 2) } },
  ]);
});

function sourced(element: string, file: string, environment: Readonly<Record<string, string>>, show: string) {
  const path = join(builtinElementsDirectory, element, 'environment.d', file);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -eu -o pipefail; . "$0"; echo "${show}"`, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', ...environment },
  });
  return { status, stdout, stderr };
}

test('layouts are refused for whole names of architectures', () => {
  const verdict = (element: string, architecture: string) =>
    sourced(element, '15-block-device.bash', { ARCH: architecture }, '$DIB_BLOCK_DEVICE');
  for (const element of ['block-device-mbr', 'block-device-gpt']) {
    const kind = element.slice('block-device-'.length);
    for (const architecture of ['amd64', 'x86_64', 'arm', 'armhf', 'ppc64el', 's390x', ''])
      assert.deepEqual(verdict(element, architecture), { status: 0, stdout: `${kind}\n`, stderr: '' });
    for (const architecture of ['arm64', 'aarch64'])
      assert.deepEqual(verdict(element, architecture), {
        status: 1,
        stdout: '',
        stderr: `error: element ${element} cannot boot on ARCH=${architecture}; use block-device-efi\n`,
      });
  }
  for (const element of ['block-device-efi', 'block-device-efi-4k', 'block-device-efi-lvm']) {
    for (const architecture of ['amd64', 'arm64', 'aarch64', 'riscv64', 'ppc', ''])
      assert.deepEqual(verdict(element, architecture), { status: 0, stdout: 'efi\n', stderr: '' });
    for (const architecture of ['ppc64', 'ppc64le', 'ppc64el']) assert.equal(verdict(element, architecture).status, 1);
  }
});

test('replace-partition names what it misses, and keeps the sector size that was given', () => {
  const known = {
    DISTRO_NAME: 'rhel',
    DIB_RELEASE: '9',
    EFI_BOOT_DIR: 'EFI/redhat',
    DIB_INIT_SYSTEM: 'systemd',
    DIB_BLOCK_DEVICE: 'efi',
  };
  const show = '$DIB_SKIP_GRUB_PACKAGE_INSTALL $DIB_SKIP_BASE_PACKAGE_INSTALL $DIB_SOURCE_BLOCK_SIZE';
  const verdict = (environment: Readonly<Record<string, string>>) =>
    sourced('replace-partition', '16-replace-partition.bash', environment, show);
  assert.equal(verdict(known).stdout, 'True 1 512\n');
  assert.equal(verdict({ ...known, DIB_SOURCE_BLOCK_SIZE: '4096' }).stdout, 'True 1 4096\n');
  assert.deepEqual(verdict({ ...known, EFI_BOOT_DIR: '' }), {
    status: 1,
    stdout: '',
    stderr: 'error: element replace-partition needs EFI_BOOT_DIR, which says what the image in DIB_LOCAL_IMAGE is\n',
  });
  const redhat = (name: string) =>
    sourced(
      'replace-partition-redhat',
      '09-replace-partition-redhat.bash',
      { DISTRO_NAME: name },
      '$DIB_RELEASE $EFI_BOOT_DIR $DIB_BLOCK_DEVICE $DIB_INIT_SYSTEM',
    ).stdout;
  assert.equal(redhat('rhel'), '9 EFI/redhat efi systemd\n');
  assert.equal(redhat('rocky'), '9 EFI/rocky efi systemd\n');
});

test('every boot element has a README, its hooks run and its environment files do not', () => {
  for (const element of bootElements) {
    const directory = join(builtinElementsDirectory, element);
    assert.equal(existsSync(join(directory, 'README.md')), true, element);
    for (const phase of readdirSync(directory).filter((name) => name.endsWith('.d'))) {
      for (const entry of readdirSync(join(directory, phase))) {
        const path = join(directory, phase, entry);
        const isRunnable = spawnSync('test', ['-x', path]).status === 0;
        assert.equal(isRunnable, phase !== 'environment.d', path);
        const text = readFileSync(path, 'utf8');
        if (phase !== 'environment.d') assert.equal(text.startsWith('#!/bin/bash\n#'), true, path);
        assert.equal(spawnSync('bash', ['-n', path]).status, 0, path);
      }
    }
  }
});

test('package maps are JSON whose names are all declared, and every declared name is mapped', () => {
  for (const element of ['bootloader', 'grub2', 'growroot', 'growvols']) {
    const directory = join(builtinElementsDirectory, element);
    const map = JSON.parse(readFileSync(join(directory, 'pkg-map'), 'utf8')) as {
      readonly default: Readonly<Record<string, string>>;
      readonly family?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    const declared = Object.keys(parse(readFileSync(join(directory, 'package-installs.yaml'), 'utf8')));
    for (const name of declared) assert.equal(name in map.default, true, `${element}: ${name}`);
    for (const family of Object.values(map.family ?? {}))
      for (const name of Object.keys(family)) assert.equal(name in map.default, true, `${element}: ${name}`);
  }
});
