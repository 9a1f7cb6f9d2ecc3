import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtinElementsDirectory, libDirectory } from '../../src/base/assets.js';
import { efiTable, mbrTable, openTree, type Tree } from './boot-tree.js';

const hookOf = (path: string): string => join(builtinElementsDirectory, path);
const textOf = (tree: Tree, path: string): string => readFileSync(join(tree.directory, path), 'utf8');

test('enable-serial-console gives each init system its own file', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  const run = (environment: Readonly<Record<string, string>>) => {
    const { status, stderr } = tree.run(hookOf('enable-serial-console/install.d/20-stty'), { environment });
    return { status, stderr };
  };
  assert.deepEqual(run({ DIB_INIT_SYSTEM: 'systemd', ARCH: 'amd64' }), { status: 0, stderr: '' });
  const rules = textOf(tree, 'etc/udev/rules.d/99-serial-console.rules');
  assert.equal(rules.match(/serial-getty@%k\.service/g)?.length, 2);
  assert.deepEqual(run({ DIB_INIT_SYSTEM: 'upstart' }), { status: 0, stderr: '' });
  assert.equal(existsSync(join(tree.directory, 'etc/init/ttySx.conf')), true);
  tree.write(
    '/etc/inittab',
    '# serial\n#s0:12345:respawn:/sbin/agetty 9600 ttyS0 vt100\n#s1:x:respawn:/sbin/agetty ttyS1\n',
  );
  for (let time = 1; time <= 2; time += 1)
    assert.deepEqual(run({ DIB_INIT_SYSTEM: 'openrc', ARCH: 'aarch64' }), { status: 0, stderr: '' });
  assert.equal(
    textOf(tree, 'etc/inittab'),
    '# serial\ns1:x:respawn:/sbin/agetty ttyS1\ns0:12345:respawn:/sbin/agetty -L 115200 ttyAMA0 vt100\n',
  );
  run({ DIB_INIT_SYSTEM: 'sysv', DIB_BOOTLOADER_SERIAL_CONSOLE: 'ttyS1,9600' });
  assert.match(textOf(tree, 'etc/inittab'), /^s0:12345:respawn:\/sbin\/agetty -L 115200 ttyS1 vt100$/m);
  assert.deepEqual(run({}), {
    status: 1,
    stderr: 'error: enable-serial-console: DIB_INIT_SYSTEM is not set; the operating system element sets it\n',
  });
});

test('uboot wraps kernel and ramdisk of ARM images by their real architecture and compression', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  tree.stub('sudo', 'exec "$@"');
  tree.stub('mkimage', 'while [ $# -gt 1 ]; do shift; done\necho wrapped >"$1"');
  const run = (architecture: string) => {
    tree.write('/calls', '');
    tree.write('/target/tmp/kernel', 'kernel');
    tree.write('/target/tmp/ramdisk', '\u0028\u00b5');
    const { status, stderr } = tree.run(hookOf('uboot/cleanup.d/98-uboot'), {
      environment: { ARCH: architecture, TARGET_ROOT: '/target', _LIB: libDirectory, UBOOT_KERNEL_ADDR: '0x1000' },
    });
    const calls = textOf(tree, 'calls')
      .split('\n')
      .filter((line) => line.startsWith('mkimage'))
      .map((line) => line.replace(/\/tmp\/tmp\.\w+/, '/scratch'));
    return { status, stderr, calls };
  };
  assert.deepEqual(run('amd64'), { status: 0, stderr: '', calls: [] });
  assert.equal(textOf(tree, 'target/tmp/kernel'), 'kernel');
  for (const [architecture, named] of [
    ['armhf', 'arm'],
    ['arm64', 'arm64'],
  ] as const) {
    assert.deepEqual(run(architecture), {
      status: 0,
      stderr: '',
      calls: [
        `mkimage -A ${named} -O linux -T kernel -C none -a 0x1000 -e 0x80000 -n Kernel -d /target/tmp/kernel /scratch/wrapped`,
        `mkimage -A ${named} -O linux -T ramdisk -C none -a 0 -n RAMdisk -d /target/tmp/ramdisk /scratch/wrapped`,
      ],
    });
    assert.equal(textOf(tree, 'target/tmp/kernel'), 'wrapped\n');
  }
});

test('zipl refuses what it cannot boot, and says how to build it', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  tree.stub('zipl');
  tree.stub('df', "printf 'Filesystem\\noverlay\\n'");
  const run = (environment: Readonly<Record<string, string>>) => {
    const { status, stderr } = tree.run(hookOf('zipl/finalise.d/50-zipl'), {
      environment: { DIB_ROOT_LABEL: 'x', DIB_ZIPL_DEFAULT_CMDLINE: 'y', ...environment },
    });
    return `${status} ${stderr}`;
  };
  assert.equal(
    run({ ARCH: 'amd64' }),
    '1 error: zipl: ARCH is amd64; zipl boots s390x only, and builds of it run on s390x\n',
  );
  assert.equal(
    run({ ARCH: 's390x' }),
    '1 error: zipl: /boot lies on overlay, which is no block device: build with DIB_DISK_MODE=loop\n',
  );
  tree.write('/etc/kernel-img.conf', 'do_symlinks = yes\nlink_in_boot = no\n');
  for (let time = 1; time <= 2; time += 1) {
    assert.equal(tree.run(hookOf('zipl/pre-install.d/kernel_config')).status, 0);
    assert.equal(textOf(tree, 'etc/kernel-img.conf'), 'do_symlinks = yes\nlink_in_boot = yes\n');
  }
});

test('lvm names the volume of the root file system to GRUB and to the initramfs, once', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  mkdirSync(join(tree.directory, 'boot/grub'));
  tree.write('/etc/default/grub', 'GRUB_DEVICE=LABEL=img-rootfs\nGRUB_TIMEOUT=5\n');
  tree.write('/etc/initramfs-tools/modules', '# modules\n');
  for (const name of ['pvs', 'fsck.ext4', 'update-initramfs']) tree.stub(name);
  tree.stub('grub-mkconfig', 'case "$1" in --help) exit 0 ;; esac\ncp /etc/default/grub /seen-defaults');
  const run = (table: string) => {
    tree.write('/tmp/in_target.d/dib-layout', table);
    const { status, stdout, stderr } = tree.run(hookOf('lvm/finalise.d/60-bootloader'));
    return { status, stdout, stderr };
  };
  assert.deepEqual(run(mbrTable), {
    status: 0,
    stdout: 'lvm: the root file system is on no logical volume; nothing to do\n',
    stderr: '',
  });
  for (let time = 1; time <= 2; time += 1) {
    assert.deepEqual(run(efiTable), { status: 0, stdout: '', stderr: '' });
    const defaults = 'GRUB_TIMEOUT=5\nGRUB_DEVICE=/dev/mapper/my--vg-root\n';
    assert.equal(textOf(tree, 'etc/default/grub'), defaults);
    assert.equal(textOf(tree, 'seen-defaults'), `${defaults}GRUB_DISABLE_OS_PROBER=true\n`);
    assert.equal(textOf(tree, 'etc/initramfs-tools/modules'), '# modules\nlvm2\n');
  }
});

test('lvm is for Debian and supported releases of Ubuntu', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  const run = (name: string, release: string) =>
    tree.run(hookOf('lvm/root.d/10-lvm-check-distro'), { environment: { DISTRO_NAME: name, DIB_RELEASE: release } });
  assert.equal(run('ubuntu', 'noble').status, 0);
  assert.equal(run('debian', 'bookworm').status, 0);
  assert.equal(run('ubuntu', 'trusty').stderr, 'error: element lvm does not support ubuntu trusty\n');
  assert.equal(
    run('fedora', '41').stderr,
    'error: element lvm is for debian and ubuntu, not for "fedora"; use dracut-regenerate with DIB_DRACUT_ENABLED_MODULES\n',
  );
});

test('growvols is started at boot only when that was asked for', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  tree.stub('systemctl');
  const run = (environment: Readonly<Record<string, string>>) => {
    const { status, stderr } = tree.run(hookOf('growvols/post-install.d/80-growvols'), {
      environment: {
        DIB_GROWVOLS_ARGS: '',
        DIB_GROWVOLS_GROUP: '',
        DIB_GROWVOLS_DEVICE: '',
        DIB_INIT_SYSTEM: 'systemd',
        ...environment,
      },
    });
    return `${status} ${stderr}`;
  };
  assert.equal(run({ DIB_GROWVOLS_TRIGGER: 'manual' }), '0 ');
  assert.equal(existsSync(join(tree.directory, 'calls')), false);
  mkdirSync(join(tree.directory, 'etc/default'), { recursive: true });
  assert.equal(run({ DIB_GROWVOLS_TRIGGER: 'systemd', DIB_GROWVOLS_ARGS: '/home=20% a"b=1GiB' }), '0 ');
  assert.equal(
    textOf(tree, 'etc/default/growvols'),
    'GROWVOLS_ARGS="/home=20% a\\"b=1GiB"\nGROWVOLS_GROUP=""\nGROWVOLS_DEVICE=""\n',
  );
  assert.equal(textOf(tree, 'calls'), 'systemctl enable growvols.service\n');
  assert.equal(
    run({ DIB_GROWVOLS_TRIGGER: 'systemd', DIB_INIT_SYSTEM: 'openrc' }),
    '1 error: growvols: DIB_GROWVOLS_TRIGGER=systemd, but the init system is "openrc"\n',
  );
  assert.equal(
    run({ DIB_GROWVOLS_TRIGGER: 'yes' }),
    '1 error: growvols: DIB_GROWVOLS_TRIGGER is "yes"; manual and systemd are possible\n',
  );
});

test('grub2 removes the environment block that packages left', (context) => {
  const tree = openTree(context);
  if (tree === undefined) return;
  tree.write('/boot/grub2/grubenv', 'x');
  assert.equal(tree.run(hookOf('grub2/post-install.d/01-delete-grubenv')).status, 0);
  assert.equal(existsSync(join(tree.directory, 'boot/grub2/grubenv')), false);
});
