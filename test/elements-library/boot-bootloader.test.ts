import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { efiTable, mbrTable, openTree, type Tree } from './boot-tree.js';

const hook = join(builtinElementsDirectory, 'bootloader/finalise.d/50-bootloader');

/** A tree in which GRUB's programs only note how they were called; mkconfig writes the menu of `menu`. */
function grubTree(context: TestContext, { table, menu = 'menu' }: { table?: string; menu?: string } = {}) {
  const tree = openTree(context);
  if (tree === undefined) return undefined;
  mkdirSync(join(tree.directory, 'boot/efi'));
  if (table !== undefined) tree.write('/tmp/in_target.d/dib-layout', table);
  const version = 'case "$*" in --version) echo "$(basename "$0") (GRUB) 2.06"; exit 0 ;; --help) exit 0 ;; esac';
  tree.stub('grub-install', version);
  tree.stub('grub2-mkconfig', `${version}\ncp /etc/default/grub /seen-defaults\ncat >"$2" <<'MENU'\n${menu}\nMENU`);
  tree.stub('grub2-probe', 'echo 1234-uuid');
  tree.stub('grub2-mkrelpath', 'echo "$1"');
  return tree;
}

function run(tree: Tree, environment: Readonly<Record<string, string>>) {
  writeFileSync(join(tree.directory, 'calls'), '');
  const { status, stdout, stderr } = tree.run(hook, {
    environment: {
      ARCH: 'amd64',
      DIB_BLOCK_DEVICE: 'mbr',
      IMAGE_BLOCK_DEVICE: '/dev/image0',
      DIB_ROOT_LABEL: 'cloudimg-rootfs',
      DIB_BOOTLOADER_DEFAULT_CMDLINE: 'nofb nomodeset gfxpayload=text',
      DIB_MOUNTPOINTS: '/',
      ...environment,
    },
  });
  const calls = readFileSync(join(tree.directory, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('grub-install ') && !line.endsWith('--version'));
  return { status, stdout, stderr, calls };
}

const defaultsOf = (tree: Tree): string => readFileSync(join(tree.directory, 'etc/default/grub'), 'utf8');

test('the defaults of GRUB are set once, however often the hook runs', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  tree.write(
    '/etc/default/grub',
    'GRUB_TIMEOUT=10\nGRUB_CMDLINE_LINUX="console=tty1 console=ttyS0,9600 quiet boot=/dev/sda1 netconsole=x"\n',
  );
  tree.write('/etc/default/grub.d/40-force-partuuid.cfg', 'GRUB_FORCE_PARTUUID=1\n');
  const expected = [
    'GRUB_CMDLINE_LINUX="quiet netconsole=x"',
    'GRUB_DEVICE=LABEL=cloudimg-rootfs',
    'GRUB_DISABLE_LINUX_UUID=true',
    'GRUB_TIMEOUT=5',
    'GRUB_TIMEOUT_STYLE=menu',
    'GRUB_GFXPAYLOAD_LINUX=auto',
    'GRUB_TERMINAL="serial console"',
    'GRUB_SERIAL_COMMAND="serial --speed=115200 --unit=0 --word=8 --parity=no --stop=1"',
    'GRUB_CMDLINE_LINUX_DEFAULT="console=tty0 console=ttyS0,115200 no_timer_check nofb nomodeset gfxpayload=text"',
    '',
  ].join('\n');
  for (let time = 1; time <= 2; time += 1) {
    const { status, stderr } = run(tree, {});
    assert.equal(status, 0, stderr);
    assert.equal(defaultsOf(tree), expected);
  }
  assert.equal(existsSync(join(tree.directory, 'etc/default/grub.d/40-force-partuuid.cfg')), false);
  assert.equal(readFileSync(join(tree.directory, 'seen-defaults'), 'utf8'), `${expected}GRUB_DISABLE_OS_PROBER=true\n`);
});

test('values with special characters reach the menu unchanged, and consoles follow the variables', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  run(tree, {
    DIB_ROOT_LABEL: 'a/b & c',
    DIB_BOOT_LABEL: 'boot',
    DIB_GRUB_TIMEOUT: '0',
    DIB_GRUB_TIMEOUT_STYLE: 'hidden',
    DIB_BOOTLOADER_USE_SERIAL_CONSOLE: 'False',
    DIB_BOOTLOADER_VIRTUAL_TERMINAL: '',
    DIB_NO_TIMER_CHECK: 'False',
    DIB_BOOTLOADER_DEFAULT_CMDLINE: 'a="b c" $d `e` \\f',
  });
  assert.equal(
    defaultsOf(tree),
    [
      'GRUB_DEVICE="LABEL=a/b & c"',
      'GRUB_DISABLE_LINUX_UUID=true',
      'GRUB_TIMEOUT=0',
      'GRUB_TIMEOUT_STYLE=hidden',
      'GRUB_GFXPAYLOAD_LINUX=auto',
      'GRUB_TERMINAL="console"',
      'GRUB_CMDLINE_LINUX_DEFAULT="a=\\"b c\\" \\$d \\`e\\` \\\\f boot=LABEL=boot"',
      '',
    ].join('\n'),
  );
});

test('boot= is said to dracut only: initramfs-tools takes it for the name of a script and panics', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  run(tree, { DIB_BOOT_LABEL: 'boot' });
  assert.match(defaultsOf(tree), / boot=LABEL=boot"/);
  tree.stub('mkinitramfs');
  tree.write('/etc/initramfs-tools/initramfs.conf', '');
  run(tree, { DIB_BOOT_LABEL: 'boot' });
  assert.doesNotMatch(defaultsOf(tree), /boot=/);
});

test('the serial console follows the architecture, by either of its names', (context) => {
  const tree = grubTree(context, { table: efiTable });
  if (tree === undefined) return;
  const console = (architecture: string): string | undefined => {
    run(tree, { ARCH: architecture, DIB_BLOCK_DEVICE: 'efi', IMAGE_BLOCK_DEVICES: ' [boot]=/dev/image0p1 ' });
    return /console=tty0 console=(\S+)/.exec(defaultsOf(tree))?.[1];
  };
  assert.deepEqual(['x86_64', 'arm64', 'aarch64', 'ppc64el', 'ppc64le'].map(console), [
    'ttyS0,115200',
    'ttyAMA0,115200',
    'ttyAMA0,115200',
    'hvc0',
    'hvc0',
  ]);
});

test('each kind of disk gets its boot loader', (context) => {
  const tree = grubTree(context, { table: efiTable });
  if (tree === undefined) return;
  mkdirSync(join(tree.directory, 'boot/efi/EFI'), { recursive: true });
  const bios = 'grub-install --modules=part_msdos part_gpt lvm biosdisk --target=i386-pc /dev/image0';
  const efi = 'grub-install --modules=part_msdos part_gpt lvm --removable --force --no-nvram';
  assert.deepEqual(run(tree, { DIB_BLOCK_DEVICE: 'mbr' }).calls, [bios]);
  assert.deepEqual(run(tree, { DIB_BLOCK_DEVICE: 'gpt' }).calls, [bios]);
  const onAmd64 = run(tree, { DIB_BLOCK_DEVICE: 'efi', ARCH: 'x86_64' }).calls;
  if (existsSync('/usr/lib/grub/i386-pc')) assert.deepEqual(onAmd64, [bios, `${efi} --target=x86_64-efi /dev/image0`]);
  assert.deepEqual(run(tree, { DIB_BLOCK_DEVICE: 'efi', ARCH: 'arm64' }).calls, [`${efi} /dev/image0`]);
  assert.deepEqual(run(tree, { ARCH: 'ppc64el', IMAGE_BLOCK_DEVICES: ' [root]=/dev/x2  [boot]=/dev/x1 ' }).calls, [
    'grub-install --modules=part_msdos part_gpt --force --no-nvram /dev/x1',
  ]);
});

test('a disk without a place for BIOS code boots by UEFI only', (context) => {
  const tree = grubTree(context, { table: efiTable.replace('sector=512', 'sector=4096') });
  if (tree === undefined) return;
  const { calls, stdout } = run(tree, { DIB_BLOCK_DEVICE: 'efi' });
  assert.deepEqual(calls, [
    'grub-install --modules=part_msdos part_gpt lvm --removable --force --no-nvram --target=x86_64-efi /dev/image0',
  ]);
  assert.equal(stdout, 'bootloader: the disk has no place for a BIOS boot loader; it boots by UEFI only\n');
});

test('without a block-device element the layout decides; without both there is a warning and no loader', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  assert.deepEqual(run(tree, { DIB_BLOCK_DEVICE: '' }).calls, [
    'grub-install --modules=part_msdos part_gpt lvm biosdisk --target=i386-pc /dev/image0',
  ]);
  tree.write('/tmp/in_target.d/dib-layout', '');
  const { status, calls, stderr } = run(tree, { DIB_BLOCK_DEVICE: '' });
  assert.deepEqual([status, calls], [0, []]);
  assert.equal(
    stderr,
    'warning: bootloader: no boot loader is installed: no block-device-* element says what kind of disk the image has; add block-device-mbr, block-device-gpt or block-device-efi\n',
  );
});

test('a loader that packages brought is kept and finds the menu in /boot', (context) => {
  const tree = grubTree(context, { table: efiTable });
  if (tree === undefined) return;
  tree.write('/boot/efi/EFI/centos/shimx64.efi', 'shim');
  mkdirSync(join(tree.directory, 'boot/grub2'));
  const environment = { DIB_BLOCK_DEVICE: 'efi', ARCH: 'arm64', EFI_BOOT_DIR: 'EFI/centos' };
  assert.equal(run(tree, environment).calls.length, 1, 'firmware looks into EFI/BOOT, which is empty');
  tree.write('/boot/efi/EFI/BOOT/BOOTX64.EFI', 'shim');
  assert.deepEqual(run(tree, environment).calls, []);
  assert.equal(
    readFileSync(join(tree.directory, 'boot/efi/EFI/centos/grub.cfg'), 'utf8'),
    [
      'search --no-floppy --fs-uuid --set=dev 1234-uuid',
      'set prefix=($dev)/boot/grub2',
      'export prefix',
      'configfile $prefix/grub.cfg',
      '',
    ].join('\n'),
  );
  assert.equal(run(tree, { ...environment, EFI_BOOT_DIR: '' }).calls.length, 1, 'an empty directory name is none');
});

test('the commands of patched GRUBs follow the disk of the image, not the firmware of the build host', (context) => {
  const menu = '\tlinux16 /vmlinuz-3 root=x\n\tinitrdefi /initramfs-3.img\n\tlinux /vmlinuz-4';
  const tree = grubTree(context, { table: efiTable, menu });
  if (tree === undefined) return;
  const written = (): string => readFileSync(join(tree.directory, 'boot/grub/grub.cfg'), 'utf8');
  run(tree, { DIB_BLOCK_DEVICE: 'efi', ARCH: 'arm64' });
  assert.equal(written(), '\tlinuxefi /vmlinuz-3 root=x\n\tinitrdefi /initramfs-3.img\n\tlinux /vmlinuz-4\n');
  run(tree, { DIB_BLOCK_DEVICE: 'mbr' });
  assert.equal(written(), '\tlinux16 /vmlinuz-3 root=x\n\tinitrd /initramfs-3.img\n\tlinux /vmlinuz-4\n');
});

test('entries of the boot loader specification name kernels as GRUB will see them', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  const entry = '/boot/loader/entries/1.conf';
  const read = (): string => readFileSync(join(tree.directory, entry), 'utf8');
  tree.write(entry, 'linux /vmlinuz-1\ninitrd /initramfs-1.img\n');
  for (let time = 1; time <= 2; time += 1) {
    run(tree, { DIB_MOUNTPOINTS: '/|/srv/boot' });
    assert.equal(read(), 'linux /boot/vmlinuz-1\ninitrd /boot/initramfs-1.img\n');
  }
  run(tree, { DIB_MOUNTPOINTS: '/|/boot|/boot/efi' });
  assert.equal(read(), 'linux /vmlinuz-1\ninitrd /initramfs-1.img\n');
});

test('what cannot be done is refused with its reason', (context) => {
  const tree = grubTree(context, { table: mbrTable });
  if (tree === undefined) return;
  const said = (environment: Readonly<Record<string, string>>): string => {
    const { status, stderr } = run(tree, environment);
    return `${status} ${stderr}`;
  };
  assert.equal(
    said({ DIB_EXTLINUX: '1' }),
    '1 error: bootloader: DIB_EXTLINUX is set, but extlinux is no longer supported; unset it to use GRUB\n',
  );
  assert.equal(
    said({ ARCH: 'armhf' }),
    '1 error: bootloader: a armhf machine has no BIOS: use block-device-efi instead of DIB_BLOCK_DEVICE=mbr\n',
  );
  assert.equal(
    said({ ARCH: 'ppc64le', IMAGE_BLOCK_DEVICES: ' [root]=/dev/x ' }),
    '1 error: bootloader: the layout has no partition named "boot", which holds the first program of a Power machine\n',
  );
  assert.equal(
    said({ IMAGE_BLOCK_DEVICE: '' }),
    '1 error: bootloader: IMAGE_BLOCK_DEVICE is not set: there is no disk to install on\n',
  );
  assert.equal(
    said({ DIB_BLOCK_DEVICE: 'usb' }),
    '1 error: bootloader: DIB_BLOCK_DEVICE is "usb"; known are mbr, gpt and efi\n',
  );
  tree.stub('grub-install', 'echo "grub-install (GNU GRUB 0.97)"');
  assert.equal(said({}), '1 error: bootloader: /stub/grub-install is not GRUB 2: grub-install (GNU GRUB 0.97)\n');
});
