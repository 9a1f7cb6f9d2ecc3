import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';
import { mountTree, runBash, temporaryDirectory, whyNotPrivate, writeFiles } from './run-bash.js';

function select(root: string, environment: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = runBash(
    `source "$_LIB/img-functions"
    select_boot_kernel_initrd ${root}
    echo "$KERNEL $RAMDISK \${KERNEL_VERSION:-}"
    [ "$TARGET_ROOT:$BOOTDIR" = ${root}:${root}/boot ]`,
    { environment },
  );
  return status === 0 ? stdout.trim() : `${status}: ${stderr.replaceAll(root, '<root>').trim()}`;
}

function boot(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`boot/${name}`, '']));
}

test('Debian: the newest by version, generic ones before others', (context) => {
  const root = temporaryDirectory(context);
  const debian = [
    'vmlinuz-6.1.0-9-amd64',
    'vmlinuz-6.1.0-10-amd64',
    'initrd.img-6.1.0-9-amd64',
    'initrd.img-6.1.0-10-amd64',
  ];
  writeFiles(root, { 'etc/debian_version': '', ...boot(debian) });
  assert.equal(select(root), 'vmlinuz-6.1.0-10-amd64 initrd.img-6.1.0-10-amd64');
  const generic = ['5.9.0-1', '5.15.0-2', '5.15.0-10'].flatMap((v) => [
    `vmlinuz-${v}-generic`,
    `initrd.img-${v}-generic`,
  ]);
  writeFiles(root, boot(generic));
  assert.equal(select(root), 'vmlinuz-5.15.0-10-generic initrd.img-5.15.0-10-generic');
});

test('Debian: a signed kernel when a hook chose one', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'etc/debian_version': '',
    'dib-signed-kernel-version': 'DIB_SIGNED_KERNEL_VERSION=4.4.0-9-generic.efi.signed\n',
    ...boot(['vmlinuz-4.4.0-9-generic', 'vmlinuz-4.4.0-9-generic.efi.signed', 'initrd.img-4.4.0-9-generic']),
  });
  assert.equal(select(root), 'vmlinuz-4.4.0-9-generic.efi.signed initrd.img-4.4.0-9-generic');
});

test('Red Hat: no debug kernel, PAE before plain, and the ramdisk of the same version', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'etc/redhat-release': '',
    ...boot(['vmlinuz-5.9.1', 'vmlinuz-5.14.0', 'vmlinuz-5.15.0+debug', 'vmlinuz-0-rescue-1', 'initramfs-5.14.0.img']),
  });
  assert.equal(select(root), 'vmlinuz-5.14.0 initramfs-5.14.0.img 5.14.0');
  writeFiles(root, boot(['vmlinuz-2.6.PAE', 'initramfs-2.6.PAE.img']));
  assert.equal(select(root), 'vmlinuz-2.6.PAE initramfs-2.6.PAE.img 2.6.PAE');
});

test('Red Hat: a kernel without its ramdisk is an error', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'etc/redhat-release': '', ...boot(['vmlinuz-5.14.0']) });
  assert.equal(select(root), '1: ERROR: Unable to find a ramdisk for the kernel vmlinuz-5.14.0 in <root>/boot');
});

test('SUSE: what the links lead to, even when it is absolute', (context) => {
  const root = temporaryDirectory(context);
  mkdirSync(join(root, 'boot'));
  symlinkSync('/boot/vmlinuz-6.4', join(root, 'boot/vmlinuz'));
  symlinkSync('initrd-6.4', join(root, 'boot/initrd'));
  assert.equal(select(root, { DISTRO_NAME: 'opensuse' }), 'vmlinuz-6.4 initrd-6.4');
  assert.equal(select(root), '1: ERROR: Unable to detect operating system of <root>');
  writeFiles(root, { 'etc/SuSE-release': '' });
  assert.equal(select(root), 'vmlinuz-6.4 initrd-6.4');
});

test('Gentoo: the newest of both', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'etc/gentoo-release': '',
    ...boot(['vmlinuz-6.9-gentoo', 'vmlinuz-6.12-gentoo', 'initramfs-6.9-gentoo.img', 'initramfs-6.12-gentoo.img']),
  });
  assert.equal(select(root), 'vmlinuz-6.12-gentoo initramfs-6.12-gentoo.img');
});

test('patterns of the caller win over the operating system, and are no shell code', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'etc/debian_version': '', ...boot(['vmlinuz-1', 'k-9', 'k-10', 'r-2']) });
  const patterns = { DIB_BAREMETAL_KERNEL_PATTERN: 'k-*', DIB_BAREMETAL_INITRD_PATTERN: 'r-*' };
  assert.equal(select(root, patterns), 'k-10 r-2');
  assert.equal(
    select(root, { ...patterns, DIB_BAREMETAL_KERNEL_PATTERN: '$(echo k-9)' }),
    '1: ERROR: Unable to find a kernel in <root>/boot',
  );
});

test('the file alone is enough for the kernel of the running system', (context) => {
  const root = temporaryDirectory(context);
  copyFileSync(join(libDirectory, 'img-functions'), join(root, 'img-functions'));
  writeFiles(root, { 'etc/debian_version': '', ...boot(['vmlinuz-1', 'initrd.img-1']) });
  const { stdout } = runBash(`source ${root}/img-functions; select_boot_kernel_initrd ${root}/; echo $BOOTDIR $KERNEL`);
  assert.equal(stdout, `${root}/boot vmlinuz-1\n`);
});

test('run_in_target: root in the tree, a clean PATH, no functions and host paths, the status handed on', {
  skip: whyNotPrivate,
}, (context) => {
  const root = temporaryDirectory(context);
  const { status, stdout } = runBash(
    `source "$_LIB/die"; source "$_LIB/img-functions"
    ${mountTree(root)}
    export TMPDIR=/nowhere PYTHONPATH=/nowhere CALLER=kept HOME=/home/me
    run_in_target 'pwd;' env '| grep -E "^(CALLER|HOME|LOGNAME|USER|PATH|TMPDIR|PYTHONPATH|BASH_FUNC_die%%)=" | sort'
    echo "$HOME"
    run_in_target exit 7`,
    { environment: { TMP_MOUNT_PATH: `${root}/build/mnt` }, isPrivate: true },
  );
  assert.equal(
    stdout,
    `/
CALLER=kept
HOME=/root
LOGNAME=root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER=root
/home/me
`,
  );
  assert.equal(status, 7);
});

test('run_d_in_target: hooks read-only in the tree while they run, break points inside and outside', {
  skip: whyNotPrivate,
}, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'hooks/environment.d/10-x': 'export FROM_FILE=1\n',
    'hooks/install.d/10-a':
      '#!/bin/bash\necho "$0 $FROM_FILE"; touch "$(dirname "$0")/x" 2>/dev/null || echo read-only\n',
    'hooks/finalise.d/10-b': '#!/bin/bash\nexit 7\n',
  });
  const run = (script: string, environment = {}) =>
    runBash(
      `source "$_LIB/img-functions"
      ${mountTree(root)}
      mount_proc_dev_sys
      status=0
      ${script} || status=$?
      ls "$TMP_MOUNT_PATH/tmp"
      exit $status`,
      {
        environment: { TMP_MOUNT_PATH: `${root}/build/mnt`, TMP_HOOKS_PATH: `${root}/hooks`, ...environment },
        isPrivate: true,
      },
    );
  const installed = run('run_d_in_target install', { break: 'before-install', break_cmd: 'echo in $(pwd)' });
  assert.equal(
    installed.stdout,
    `Running hooks from ${root}/hooks/install.d in the tree\nin /\n/tmp/in_target.d/install.d/10-a 1\nread-only\n`,
  );
  assert.equal(installed.status, 0);
  const failed = run('run_d_in_target finalise', {
    break: 'after-error',
    break_outside_target: '1',
    break_cmd: 'echo $TMP_HOOKS_PATH',
  });
  assert.deepEqual(
    [failed.status, failed.stdout],
    [7, `Running hooks from ${root}/hooks/finalise.d in the tree\n${root}/hooks\n`],
  );
  assert.deepEqual(readdirSync(join(root, 'hooks')).sort(), [
    'dib-run-parts',
    'environment.d',
    'finalise.d',
    'install.d',
  ]);
  assert.deepEqual([run('run_d_in_target cleanup').status, run('run_d_in_target cleanup').stdout], [0, '']);
});
