import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';
import { formatElementEnvironment } from '../../src/elements/element-info.js';
import { mountTree, runBash, temporaryDirectory, whyNotPrivate, writeFiles } from './run-bash.js';

const source = 'source "$_LIB/common-functions"';

test('die exits with the status of the command before, and never with 0', () => {
  for (const definition of ['source "$_LIB/die"', source]) {
    const script = (before: string) => `${definition}\nset +e\n${before}\ndie no way`;
    assert.deepEqual(runBash(script('(exit 7)')), { status: 7, stdout: '', stderr: 'ERROR: no way\n' });
    assert.deepEqual(runBash(script('true')), { status: 1, stdout: '', stderr: 'ERROR: no way\n' });
    assert.equal(runBash(`${definition}\nif [[ a = a ]]; then die no way; fi`).status, 1);
    assert.equal(runBash(`${definition}\nbash -c 'die inherited'`).stderr, 'ERROR: inherited\n');
  }
});

test('die run as a program prints and fails', () => {
  assert.deepEqual(runBash('"$_LIB/die" no way'), { status: 1, stdout: '', stderr: 'ERROR: no way\n' });
});

test('_ps4 names file, function and line in 80 columns', () => {
  const { stdout } = runBash('source "$_LIB/die"\nwhere() { _ps4; }\nwhere; echo "|"');
  assert.equal(stdout, `${'environment:where:3'.padEnd(80)}|\n`);
});

test('sourcing everything defines what hooks may call and prints nothing', () => {
  const names = [
    'busybox_list check_break cleanup_build_dir cleanup_image_dir copy_required_libs create_ramdisk_base die',
    'finalise_image find_kernel_version finish_image fullpath generate_hooks mk_build_dir mount_dev_pts_options',
    'mount_proc_dev_sys populate_busybox populate_init populate_lib populate_udev run_d run_d_in_target run_in_target',
    'save_image select_boot_kernel_initrd tmpfs_check unmount_dir',
  ].join(' ');
  const files = 'die common-defaults common-functions img-defaults img-functions ramdisk-defaults ramdisk-functions';
  assert.deepEqual(runBash(`for f in ${files}; do source "$_LIB/$f"; done\ndeclare -F ${names} | wc -l`), {
    status: 0,
    stdout: `${names.split(' ').length}\n`,
    stderr: '',
  });
});

test('the function files alone bring what they call', () => {
  assert.equal(runBash('source "$_LIB/img-functions"; declare -F check_break').stdout, 'check_break\n');
  assert.equal(runBash('source "$_LIB/ramdisk-functions"; declare -F run_d').stdout, 'run_d\n');
});

test('tmpfs_check compares memory with twice DIB_MIN_TMPFS and says so when it is too little', () => {
  const check = (words: string, environment = {}) => runBash(`${source}\ntmpfs_check ${words}`, { environment });
  assert.equal(check('', { DIB_MIN_TMPFS: '0.001' }).status, 0);
  assert.deepEqual(check('0', { DIB_MIN_TMPFS: '9999999' }), { status: 1, stdout: '', stderr: '' });
  assert.match(
    check('', { DIB_MIN_TMPFS: '1000000.5' }).stderr,
    /^WARNING: Not enough RAM to use tmpfs for build\. \(\d+ < 2097153048576 KiB\)\n$/,
  );
  assert.deepEqual(check('', { DIB_NO_TMPFS: '1', DIB_MIN_TMPFS: '0' }), { status: 1, stdout: '', stderr: '' });
});

test('fullpath makes a path absolute', (context) => {
  const root = temporaryDirectory(context);
  const { stdout } = runBash(`${source}\nfullpath a/b\nfullpath /c`, { workingDirectory: root });
  assert.equal(stdout, `${root}/a/b\n/c\n`);
});

test('mount_dev_pts_options prints options for mount', () => {
  assert.match(runBash(`${source}\nmount_dev_pts_options`).stdout, /^-o rw,\S*mode=\d+\S*\n$/);
});

test('a break point runs its command only when it is named as a whole', () => {
  const script = `${source}\ncheck_break before-root echo shell\ncheck_break root echo never`;
  assert.deepEqual(runBash(script, { environment: { break: 'after-error,before-root' } }), {
    status: 0,
    stdout: 'shell\n',
    stderr: 'Break point before-root: running echo shell\nResuming after break point before-root\n',
  });
  assert.equal(runBash(script).stdout, '');
});

test('run_d runs the hooks of a phase, copies their output to a file, and keeps the status of a failure', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'hooks/root.d/10-a': '#!/bin/bash\necho "IMAGE_BLOCK_DEVICE=x"\n',
    'hooks/install.d/10-b': '#!/bin/bash\nexit 7\n',
  });
  const environment = { TMP_HOOKS_PATH: `${root}/hooks`, break: 'after-error', break_cmd: 'echo broken || true' };
  assert.deepEqual(
    [runBash(`${source}\nrun_d root`, { environment })].map(({ status, stdout }) => ({ status, stdout })),
    [{ status: 0, stdout: `Running hooks from ${root}/hooks/root.d\nIMAGE_BLOCK_DEVICE=x\n` }],
  );
  assert.equal(runBash(`${source}\nrun_d root ${root}/copy`, { environment }).status, 0);
  assert.equal(readFileSync(join(root, 'copy'), 'utf8'), 'IMAGE_BLOCK_DEVICE=x\n');
  for (const file of ['', `${root}/copy`]) {
    const failed = runBash(`${source}\nrun_d install ${file}`, { environment });
    assert.equal(failed.status, 7);
    assert.equal(failed.stdout, `Running hooks from ${root}/hooks/install.d\nbroken\n`);
  }
  assert.deepEqual(runBash(`${source}\nrun_d cleanup`, { environment }), { status: 0, stdout: '', stderr: '' });
});

/** The function that hooks are given, for elements of these directories. */
function elementFunction(directories: Readonly<Record<string, string>>): string {
  const elements = Object.entries(directories).map(([name, directory]) => ({
    name,
    directory,
    dependencies: [],
    provides: [],
    requestedBy: [],
    files: [],
    digest: '',
  }));
  return formatElementEnvironment({ elements, digest: '', warnings: [] });
}

test('generate_hooks merges the elements in order, as staging does', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'a/install.d/10-a': '#!/bin/bash\n',
    'a/install.d/.hidden': '',
    'a/static/etc/x': 'a',
    'a/README': 'a',
    'a/.top': '',
    'a/tests/t': '',
    'a/x.pyc': '',
    'two words/install.d/20 b': '#!/bin/bash\n',
    'two words/static/etc/y': 'b',
    'two words/README': 'b',
  });
  symlinkSync('nowhere', join(root, 'a/install.d/link'));
  const { status, stderr } = runBash(
    `${elementFunction({ a: `${root}/a`, b: `${root}/two words` })}${source}\ngenerate_hooks`,
    { environment: { TMP_HOOKS_PATH: `${root}/hooks` } },
  );
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.deepEqual(readdirSync(join(root, 'hooks'), { recursive: true }).sort(), [
    '.top',
    'README',
    'install.d',
    'install.d/10-a',
    'install.d/20 b',
    'install.d/link',
    'static',
    'static/etc',
    'static/etc/x',
    'static/etc/y',
  ]);
  assert.equal(readFileSync(join(root, 'hooks/README'), 'utf8'), 'b');
});

test('generate_hooks refuses a hook that two elements ship and names both', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'a/install.d/10-x': '', 'b/install.d/10-x': '' });
  const { status, stderr } = runBash(
    `${elementFunction({ a: `${root}/a`, b: `${root}/b` })}${source}\ngenerate_hooks`,
    {
      environment: { TMP_HOOKS_PATH: `${root}/hooks` },
    },
  );
  assert.deepEqual({ status, stderr }, { status: 1, stderr: 'Elements a and b both ship install.d/10-x\n' });
});

test('generate_hooks without known elements makes an empty directory', (context) => {
  const root = temporaryDirectory(context);
  const { status } = runBash(`${source}\ngenerate_hooks`, { environment: { TMP_HOOKS_PATH: `${root}/hooks` } });
  assert.equal(status, 0);
  assert.deepEqual(readdirSync(join(root, 'hooks')), []);
});

test('finish_image names, keeps the old one and writes checksums', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'i.raw': 'old', 'i.raw.md5': 'sum', 'i.raw-new': 'new' });
  const environment = { DIB_CHECKSUM: '1' };
  assert.equal(runBash(`${source}\nfinish_image i.raw`, { workingDirectory: root, environment }).status, 0);
  const names = readdirSync(root).map((name) => name.replace(/\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d/, '<time>'));
  assert.deepEqual(names.sort(), ['i-<time>.raw', 'i-<time>.raw.md5', 'i.raw', 'i.raw.md5', 'i.raw.sha256']);
  assert.equal(readFileSync(join(root, 'i.raw'), 'utf8'), 'new');
  assert.equal(readFileSync(join(root, 'i.raw.md5'), 'utf8'), '22af645d1859cb5ca6da0c484f1f37ea  i.raw\n');
});

test('save_image moves the work to its place and may overwrite', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { image: 'old', work: 'new' });
  const environment = { OVERWRITE_OLD_IMAGE: '1', TMP_IMAGE_PATH: `${root}/work` };
  assert.equal(runBash(`${source}\nsave_image ${root}/image`, { environment }).status, 0);
  assert.deepEqual(readdirSync(root), ['image']);
  assert.equal(readFileSync(join(root, 'image'), 'utf8'), 'new');
});

test('mk_build_dir names the places of a build and removes them when the shell ends, keeping its status', (context) => {
  const root = temporaryDirectory(context);
  const { status, stdout } = runBash(
    `${source}
    mk_build_dir
    for name in TMP_BUILD_DIR TMP_IMAGE_DIR TMP_IMAGE_PATH TMP_HOOKS_PATH TMP_MOUNT_PATH; do
        echo "$name=\${!name}" | sed 's/[.][[:alnum:]]\\{8\\}/.X/'
    done
    touch "$TMP_BUILD_DIR/file"
    exec > /dev/null
    exit 5`,
    { environment: { TMPDIR: root, DIB_NO_TMPFS: '1' } },
  );
  assert.equal(status, 5);
  assert.equal(
    stdout,
    `TMP_BUILD_DIR=${root}/dib_build.X
TMP_IMAGE_DIR=${root}/dib_image.X
TMP_IMAGE_PATH=${root}/dib_image.X/image.raw
TMP_HOOKS_PATH=${root}/dib_build.X/hooks
TMP_MOUNT_PATH=${root}/dib_build.X/mnt
`,
  );
  assert.deepEqual(readdirSync(root), []);
});

test('kernel file systems: four mounts through a linked path, all gone after unmount_dir', {
  skip: whyNotPrivate,
}, (context) => {
  const root = temporaryDirectory(context);
  for (const name of ['proc', 'dev', 'sys']) mkdirSync(join(root, 'real tree', name), { recursive: true });
  symlinkSync('real tree', join(root, 'mnt'));
  const { status, stdout, stderr } = runBash(
    `${source}
    mount_proc_dev_sys
    grep -c '${root}/real' /proc/mounts
    grep '/sys sysfs' /proc/mounts | grep '${root}/real' | cut -d' ' -f4 | cut -d, -f1
    unmount_dir "$TMP_MOUNT_PATH" > /dev/null
    grep -c '${root}/real' /proc/mounts || true`,
    { environment: { TMP_MOUNT_PATH: `${root}/mnt` }, isPrivate: true },
  );
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '4\nro\n0\n', stderr: '' });
});

test('unmount_dir leaves the mounts of the block-device layer and nothing else', { skip: whyNotPrivate }, (context) => {
  const root = temporaryDirectory(context);
  for (const name of ['boot', 'some/boot', 'x y']) mkdirSync(join(root, 'mnt', name), { recursive: true });
  const { stdout } = runBash(
    `${source}
    for name in boot some/boot 'x y'; do mount -t tmpfs none "${root}/mnt/$name"; done
    unmount_dir "$TMP_MOUNT_PATH"
    grep '${root}' /proc/mounts | cut -d' ' -f2`,
    { environment: { TMP_MOUNT_PATH: `${root}/mnt`, DIB_MOUNTPOINTS: '/|/boot' }, isPrivate: true },
  );
  assert.equal(stdout, `Unmount ${root}/mnt/x y\nUnmount ${root}/mnt/some/boot\n${root}/mnt/boot\n`);
});

test('unmount_dir takes a missing directory as unmounted', () => {
  assert.deepEqual(runBash(`${source}\nunmount_dir /nowhere/at/all`), {
    status: 0,
    stdout: '/nowhere/at/all is not there, nothing to unmount\n',
    stderr: '',
  });
});

test('a build directory goes with its mounts, and never what is mounted in it', { skip: whyNotPrivate }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'host/precious': 'x', 'build/mnt/dev/x': '' });
  const { status } = runBash(
    `${source}
    mount --bind "${root}/host" "${root}/build/mnt/dev"
    cleanup_build_dir`,
    { environment: { TMP_BUILD_DIR: `${root}/build` }, isPrivate: true },
  );
  assert.equal(status, 0);
  assert.equal(existsSync(join(root, 'host/precious')), true);
  assert.equal(existsSync(join(root, 'build')), false);
});

test('processes rooted in a build directory are ended', { skip: whyNotPrivate }, (context) => {
  const root = temporaryDirectory(context);
  const { status, stdout } = runBash(
    `${source}
    ${mountTree(root)}
    chroot "$TMP_MOUNT_PATH" sleep 1000 &
    while [ "$(readlink /proc/$!/root)" != "$TMP_MOUNT_PATH" ]; do :; done
    kill_chroot_processes "${root}" 2> /dev/null
    wait $! || echo "ended with $?"
    cleanup_build_dir`,
    { environment: { TMP_MOUNT_PATH: `${root}/build/mnt`, TMP_BUILD_DIR: `${root}/build` }, isPrivate: true },
  );
  assert.deepEqual({ status, stdout }, { status: 0, stdout: 'ended with 143\n' });
  assert.deepEqual(readdirSync(root), []);
});

test('defaults: what is set stays, the rest is filled in', () => {
  const { stdout } = runBash(
    `for f in common-defaults img-defaults; do source "${libDirectory}/$f"; done
    env | grep -E '^(ARCH|DIB_|FS_TYPE|IMAGE_)' | sort`,
    { environment: { ARCH: 'riscv64', FS_TYPE: 'xfs', HOME: '/home/me', DIB_MIN_TMPFS: '5' } },
  );
  assert.equal(
    stdout,
    `ARCH=riscv64
DIB_CHECKSUM=0
DIB_DEBUG_TRACE=0
DIB_IMAGE_CACHE=/home/me/.cache/image-create
DIB_LOCKFILES=/home/me/.cache/dib/lockfiles
DIB_MIN_TMPFS=5
DIB_NO_TMPFS=0
DIB_OFFLINE=
FS_TYPE=xfs
IMAGE_NAME=image
IMAGE_TYPE=qcow2
`,
  );
});

test('ramdisk defaults come before the common ones, and the places are bare without prefixes', () => {
  const { stdout } = runBash(
    `source "$_LIB/ramdisk-defaults"
    echo "$DIB_NO_TMPFS $DIB_MIN_TMPFS $RAMDISK_ELEMENT <$MODULE_ROOT> <$LIB_UDEV_ROOT>"
    case ":$PATH:" in *:/usr/local/sbin:*) echo complete ;; esac`,
    { environment: { PATH: '/usr/bin:/bin', DIB_MODULE_ROOT: '/m' } },
  );
  assert.equal(stdout, '1 1 ramdisk </m> <>\ncomplete\n');
});
