import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBash, temporaryDirectory, whyNotPrivate, writeFiles } from './run-bash.js';

const source = 'source "$_LIB/ramdisk-functions"';
const missing = ['busybox', 'cpio', 'ldd'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);
const skip = whyNotPrivate || (missing.length > 0 && `not installed: ${missing.join(', ')}`);

test('find_kernel_version prints the newest version, or fails', { skip: whyNotPrivate }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'boot/vmlinuz-5.9.0': '', 'boot/vmlinux-5.10.0': '', 'empty/x': '' });
  const find = (directory: string) =>
    runBash(`${source}\nmount --bind ${root}/${directory} /boot\nfind_kernel_version`, { isPrivate: true });
  assert.equal(find('boot').stdout, '5.10.0\n');
  assert.deepEqual(find('empty'), { status: 1, stdout: '', stderr: 'ERROR: No kernel found in /boot\n' });
});

test('create_ramdisk_base makes directories, rules, module configuration and fstab', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'udev/rules.d/80-drivers.rules': 'x', 'udev/firmware/is-a-directory': '' });
  const { status, stderr } = runBash(`${source}\ncreate_ramdisk_base`, {
    environment: { TMP_MOUNT_PATH: `${root}/r`, LIB_UDEV: `${root}/udev`, DISTRO_NAME: 'fedora' },
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const paths = readdirSync(join(root, 'r'), { recursive: true }).map(String);
  for (const path of ['bin', 'lib/modules', 'var/lib/dhcp', 'var/run', 'lib/udev/rules.d/80-drivers.rules']) {
    assert.ok(paths.includes(path), path);
  }
  assert.equal(readlinkSync(join(root, 'r/sbin')), 'bin');
  assert.equal(readlinkSync(join(root, 'r/usr/lib')), '../lib');
  assert.equal(readFileSync(join(root, 'r/etc/fstab'), 'utf8'), '');
  assert.equal(
    readFileSync(join(root, 'r/etc/udev/udev.conf'), 'utf8'),
    'udev_root="/dev"\nudev_rules="/lib/udev/rules.d"\nudev_log="no"\n',
  );
  assert.equal(readFileSync(join(root, 'r/etc/modprobe.d/blacklist-dib-ramdisk.conf'), 'utf8'), 'blacklist evbug\n');
});

test('copy_required_libs copies libraries once and links the paths by which they are called', { skip }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'r/lib/x': '' });
  const { status, stderr } = runBash(
    `${source}\ncopy_required_libs /bin/bash\ncopy_required_libs /bin/bash\ncopy_required_libs /etc/passwd`,
    {
      environment: { TMP_MOUNT_PATH: `${root}/r` },
    },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.ok(readdirSync(join(root, 'r/lib')).includes('libc.so.6'));
  const loader =
    /^\s*(\/\S*ld-linux\S*) /m.exec(spawnSync('ldd', ['/bin/bash'], { encoding: 'utf8' }).stdout)?.[1] ?? '';
  const name = loader.slice(loader.lastIndexOf('/') + 1);
  assert.ok(existsSync(join(root, 'r/lib', name)));
  if (!loader.startsWith('/lib/')) assert.equal(readlinkSync(join(root, 'r', loader)), `/lib/${name}`);
});

test('busybox_list lists applets, and those of the help text of old versions', { skip }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    old: '#!/bin/sh\n[ "$1" = --help ] || exit 1\nprintf "BusyBox v1.17\\n\\nCurrently defined functions:\\n\\t[, ash, cat,\\n\\tls\\n"\n',
  });
  assert.ok(runBash(`${source}\nbusybox_list`).stdout.split('\n').includes('ls'));
  assert.equal(
    runBash(`${source}\nbusybox_list`, { environment: { BUSYBOX: `${root}/old` } }).stdout,
    '[\nash\ncat\nls\n',
  );
});

test('a whole ramdisk: programs, modules, init, rules and a cpio with the members by name', { skip }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'modules/kernel/drivers/video/efifb.ko.xz': '',
    'modules/kernel/drivers/video/backlight.ko': '',
    'modules/modules.dep': '',
    'firmware/blob': '',
    'udev/rules.d/80-drivers.rules': '',
    'scripts/init': '#!/bin/bash\nhead\n',
    'scripts/init-end': 'tail\n',
    'scripts/d/init-func': 'functions\n',
    'in_target.d/init.d/20-b': 'second\n',
    'in_target.d/init.d/10-a': 'first\n',
    'in_target.d/udev.d/60-x.rules': '',
    'etc/dib_binary_deps': ' cpio  ls\n',
    'programs/wget': '#!/bin/sh\n',
    'programs/shutdown': '#!/bin/sh\n',
    'programs/reboot': '#!/bin/sh\n',
    'programs/lsmod': '#!/bin/sh\n',
    'programs/modprobe': '#!/bin/sh\n',
    'programs/udevadm': '#!/bin/sh\n',
  });
  const { status, stderr } = runBash(
    `${source}
    mount --bind ${root} /mnt
    mount -t tmpfs none /tmp
    mkdir -p ${root} /tmp/in_target.d
    mount --bind /mnt ${root}
    mount --bind ${root}/in_target.d /tmp/in_target.d
    mount -t overlay -o lowerdir=${root}/etc:/etc none /etc
    create_ramdisk_base
    populate_lib
    populate_busybox
    populate_init
    populate_udev
    mkdir -p "$TMP_MOUNT_PATH/init.d"
    finalise_image`,
    {
      isPrivate: true,
      environment: {
        PATH: `${root}/programs:${process.env.PATH}`,
        TMP_MOUNT_PATH: `${root}/r`,
        TMP_IMAGE_PATH: `${root}/image`,
        LIB_UDEV: `${root}/udev`,
        MODULE_DIR: `${root}/modules`,
        FIRMWARE_DIR: `${root}/firmware`,
        KERNEL_VERSION: '6.1.0',
        INIT: `${root}/scripts/init`,
        FUNCTIONS_D: `${root}/scripts/d`,
      },
    },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.equal(
    readFileSync(join(root, 'r/init'), 'utf8'),
    '#!/bin/bash\nhead\n\n# from 10-a\nfirst\n\n# from 20-b\nsecond\ntail\n',
  );
  assert.deepEqual(readdirSync(join(root, 'r/lib/modules/6.1.0/kernel/drivers/video')), ['backlight.ko']);
  const listing = spawnSync('sh', ['-c', `gzip -dc ${root}/image | cpio -t --quiet`], { encoding: 'utf8' }).stdout;
  const members = listing.trimEnd().split('\n');
  assert.deepEqual([...members].sort(), members);
  for (const member of [
    'init',
    'init-func',
    'bin/bash',
    'bin/busybox',
    'lib/firmware/blob',
    'lib/udev/rules.d/60-x.rules',
  ]) {
    assert.ok(members.includes(member), member);
  }
  assert.equal(readlinkSync(join(root, 'r/bin/ls')), 'busybox');
});

test('a program that is not there is an error', { skip }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'r/bin/x': '', 'r/lib/x': '', 'etc/dib_binary_deps': 'no-such-program\n' });
  const { status, stderr } = runBash(
    `${source}\nmount -t overlay -o lowerdir=${root}/etc:/etc none /etc\nbusybox_list() { echo bash; echo lsmod; echo modprobe; echo udevadm; echo wget; echo reboot; echo shutdown; echo udevd; echo systemd-udevd; }\npopulate_lib`,
    { isPrivate: true, environment: { TMP_MOUNT_PATH: `${root}/r` } },
  );
  assert.equal(status, 1);
  assert.equal(stderr, 'ERROR: no-such-program is not an executable program of the image\n');
});
