import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const missing = ['xorriso', 'mcopy', 'mkfs.fat'].filter((name) => spawnSync('which', [name]).status !== 0);
const skip = whyNoTarget || (missing.length > 0 ? `needs ${missing.join(', ')}` : false);
const debian = { DISTRO_NAME: 'debian', EFI_BOOT_DIR: 'EFI/debian' };

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

function openIsoTarget(t: Parameters<typeof openTarget>[0]): TestTarget {
  const target = openTarget(t, { builtin: ['iso'], environment: debian });
  for (const name of ['shim.efi', 'grub.efi', 'mm.efi', 'ldlinux.c32']) {
    target.write(`tmp/bootloader_files/${name}`, `${name}\n`);
  }
  // The boot information table is written into the loader; a master boot record is 432 bytes of code here.
  target.write('tmp/bootloader_files/isolinux.bin', 'i'.repeat(4096));
  target.write('tmp/bootloader_files/isohdpfx.bin', 'm'.repeat(432));
  return target;
}

/** Builds and prints: the files of the ISO image, its boot records, both configurations, the files for UEFI. */
const buildAndShow = `cd $work; export IMAGE_NAME=$work/out
$staging/cleanup.d/100-build-iso >/dev/null
show() { xorriso -osirrox on -indev "$1" "\${@:2}" 2>/dev/null; }
iso=$(ls out*.iso)
echo "$iso"
show $iso -find / -type f | LC_ALL=C sort
show $iso -report_el_torito plain | grep '^El Torito boot img' | cut -c 1-45
show $iso -extract /isolinux/isolinux.cfg cfg -extract /isolinux/efiboot.img efi -extract /EFI grub
grep append cfg; grep linux grub/*/grub.cfg
mdir -i efi -b -/ :: | grep -v /$
chmod -R u+w grub; rm -rf cfg efi grub`;

test('the ISO image of a ramdisk boots by BIOS and by UEFI', { skip }, (t) => {
  const target = openIsoTarget(t);
  const result = target.onHost(`echo k >$work/out.kernel; echo r >$work/out.initramfs; ${buildAndShow}`, {
    IMAGE_ELEMENT: 'base ramdisk-base ramdisk iso',
    DIB_DEPLOY_ISO_KERNEL_CMDLINE_ARGS: 'console=ttyS0',
  });
  assert.equal(result.status, 0, result.stderr);
  assert.deepEqual(result.stdout.trimEnd().split('\n'), [
    'out.iso',
    "'/EFI/debian/grub.cfg'",
    "'/initrd'",
    "'/isolinux/efiboot.img'",
    "'/isolinux/isolinux.bin'",
    "'/isolinux/isolinux.cfg'",
    "'/isolinux/ldlinux.c32'",
    "'/vmlinuz'",
    'El Torito boot img :   1  BIOS  y   none  0x0',
    'El Torito boot img :   2  UEFI  y   none  0x0',
    '  append initrd=/initrd boot_method=vmedia console=ttyS0',
    '    linux /vmlinuz boot_method=vmedia console=ttyS0',
    '::/EFI/BOOT/bootx64.efi',
    '::/EFI/BOOT/grub.cfg',
    '::/EFI/BOOT/grubx64.efi',
    '::/EFI/BOOT/mmx64.efi',
    '::/EFI/debian/grub.cfg',
  ]);
  assert.equal(target.inTarget('ls -d /tmp/bootloader_files 2>/dev/null').stdout, '', 'the loaders are gone');
});

test('the ISO image of baremetal finds its root by label; names of elements are whole words', { skip }, (t) => {
  const target = openIsoTarget(t);
  const run = (elements: string, label: string) =>
    target.onHost(`echo k >$work/out.vmlinuz; echo r >$work/out.initrd; ${buildAndShow}`, {
      IMAGE_ELEMENT: elements,
      DIB_ROOT_LABEL: label,
    });
  assert.deepEqual(ended(run('baremetal iso', '')), {
    status: 1,
    stderr: 'iso: the root file system has no label by which the kernel could find it\n',
  });
  const { status, stdout, stderr } = run('my-ramdisk baremetal iso', 'img-rootfs');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^out-boot\.iso$/m);
  assert.match(stdout, /^ {2}append initrd=\/initrd root=LABEL=img-rootfs$/m);
});

test('a build that cannot make an ISO image ends before it begins', { skip }, (t) => {
  const target = openIsoTarget(t);
  const check = (elements: string) =>
    ended(target.onHost('$staging/root.d/05-check-iso-programs', { IMAGE_ELEMENT: elements }));
  assert.deepEqual(check('base baremetal'), { status: 0, stderr: '' });
  assert.deepEqual(check('base my-ramdisk'), {
    status: 1,
    stderr:
      'iso: no element of the build makes a kernel and a ramdisk: ramdisk, dracut-ramdisk, ironic-python-agent-ramdisk or baremetal\n',
  });
  const without = target.onHost(
    'mkdir none; sed "s#^PATH=.*#PATH=$PWD/none#" $staging/root.d/05-check-iso-programs >check; bash check',
    { IMAGE_ELEMENT: 'ramdisk' },
  );
  assert.deepEqual(ended(without), {
    status: 1,
    stderr:
      'iso: the build host has no xorriso (package xorriso)\n' +
      'iso: the build host has no mkfs.fat (package dosfstools)\n' +
      'iso: the build host has no mcopy (package mtools)\n',
  });
});

test('the loaders are those of the distribution, and it is said what cannot be booted', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['iso'], environment: { ...debian, ARCH: 'amd64' } });
  const collect =
    'rm -rf /tmp/bootloader_files; /tmp/in_target.d/post-install.d/01-copy-bootloaders && ls /tmp/bootloader_files';
  const hide =
    'for d in /usr/lib/ISOLINUX /usr/lib/syslinux /usr/share/syslinux /usr/lib/shim /usr/lib/grub /boot; do rm -rf $d; done;';
  assert.deepEqual(ended(target.inTarget(hide + collect)), {
    status: 1,
    stderr:
      'WARNING: iso: no signed GRUB and shim in the image: the ISO image will not boot by UEFI\n' +
      'WARNING: iso: no isolinux in the image: the ISO image will not boot by BIOS\n' +
      'iso: the image has no boot loader for an ISO image\n',
  });
  target.inTarget(`cd /usr/lib; mkdir -p shim grub/x86_64-efi-signed ISOLINUX
echo shim >shim/shimx64.efi.signed; echo grub >grub/x86_64-efi-signed/grubx64.efi.signed`);
  assert.deepEqual(target.inTarget(collect), {
    status: 0,
    stdout: 'grub.efi\nshim.efi\n',
    stderr: 'WARNING: iso: no isolinux in the image: the ISO image will not boot by BIOS\n',
  });
  target.inTarget('echo isolinux >/usr/lib/ISOLINUX/isolinux.bin');
  assert.equal(target.inTarget(collect).stderr, '');
});
