import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assetsDirectory } from '../../src/base/assets.js';
import { efiTable, mbrTable, openTree, type Tree } from './boot-tree.js';

const standIns = join(assetsDirectory, 'target');

function treeWith(context: TestContext, table: string): Tree | undefined {
  const tree = openTree(context);
  tree?.write('/tmp/in_target.d/dib-layout', table);
  mkdirSync(join(tree?.directory ?? '/tmp', 'boot/efi'), { recursive: true });
  return tree;
}

test('grub-probe answers for paths by the longest mount point that holds them', (context) => {
  const tree = treeWith(context, efiTable);
  if (tree === undefined) return;
  const answer = (target: string, path: string): string => {
    const { stdout, stderr, status } = tree.run(join(standIns, 'grub-probe'), {
      arguments: [`--target=${target}`, path],
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  assert.equal(answer('device', '/boot'), '/dev/image0p3\n');
  assert.equal(answer('fs', '/boot/efi'), 'fat\n');
  assert.equal(answer('fs_label', '/boot'), 'my boot\n');
  assert.equal(answer('drive', '/boot'), '(hd0,gpt3)\n');
  assert.equal(
    answer('hints_string', '/boot'),
    '--hint-bios=hd0,gpt3 --hint-efi=hd0,gpt3 --hint-baremetal=ahci0,gpt3\n',
  );
  assert.equal(answer('gpt_parttype', '/boot/efi'), 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b\n');
  assert.equal(answer('msdos_parttype', '/boot/efi'), '\n');
  assert.equal(answer('abstraction', '/boot'), '\n');
  assert.equal(answer('abstraction', '/etc'), 'lvm\n');
  assert.equal(answer('fs', '/etc'), 'ext2\n');
  assert.equal(answer('partmap', '/etc'), 'gpt\n');
  assert.equal(answer('compatibility_hint', '/etc'), 'lvm/my--vg-root\n');
  assert.equal(answer('partuuid', '/etc'), '\n');
});

test('grub-probe answers for devices, and says what it does not know', (context) => {
  const tree = treeWith(context, mbrTable);
  if (tree === undefined) return;
  const run = (...words: string[]) => {
    const { stdout, stderr, status } = tree.run(join(standIns, 'grub-probe'), { arguments: words });
    return { stdout, stderr, status };
  };
  assert.deepEqual(run('--device', '/dev/image0p1', '--target=partuuid'), {
    stdout: '1a2b3c4d-01\n',
    stderr: '',
    status: 0,
  });
  assert.deepEqual(run('-t', 'compatibility_hint', '-d', '/dev/image0p1'), {
    stdout: 'hd0,msdos1\n',
    stderr: '',
    status: 0,
  });
  assert.deepEqual(run('-t', 'partmap', '-d', '/dev/image0'), { stdout: 'msdos\n', stderr: '', status: 0 });
  assert.deepEqual(run('-t', 'fs', '-d', '/dev/image0'), {
    stdout: '',
    stderr: 'program: error: unknown filesystem on /dev/image0\n',
    status: 1,
  });
  assert.deepEqual(run('-t', 'fs', '-d', '/dev/other'), {
    stdout: '',
    stderr: "program: error: disk `/dev/other' not found in /tmp/in_target.d/dib-layout\n",
    status: 1,
  });
  assert.equal(run('-t', 'fs', '/missing').stderr, "program: error: failed to get canonical path of `/missing'\n");
  assert.equal(run('-t', 'nonsense', '/').stderr, "program: error: unknown target `nonsense'\n");
  assert.equal(run().stderr, 'program: error: no path or device is given\n');
});

test('grub-mkrelpath gives the path inside the file system of the image', (context) => {
  const tree = treeWith(context, efiTable);
  if (tree === undefined) return;
  const relative = (path: string) => tree.run(join(standIns, 'grub-mkrelpath'), { arguments: [path] }).stdout;
  mkdirSync(join(tree.directory, 'boot/grub'));
  assert.equal(relative('/boot/grub'), '/grub\n');
  assert.equal(relative('/boot'), '\n');
  assert.equal(relative('/'), '\n');
  assert.equal(relative('/etc'), '/etc\n');
});

test('grub-install makes a core for a BIOS disk and leaves a record for what lies outside of files', (context) => {
  const tree = biosTree(context, mbrTable);
  if (tree === undefined) return;
  const { status, stderr } = install(tree, ['--target=i386-pc', '--modules=part_msdos part_gpt', '/dev/image0']);
  assert.equal(status, 0, stderr);
  const platform = join(tree.directory, 'boot/grub/i386-pc');
  assert.equal(
    readFileSync(join(tree.directory, 'boot/grub/.dib-grub-install'), 'utf8'),
    'i386-pc\t/dev/image0\t/boot/grub/i386-pc\n',
  );
  assert.deepEqual(readFileSync(join(platform, 'boot.img')), readFileSync('/usr/lib/grub/i386-pc/boot.img'));
  const core = readFileSync(join(platform, 'core.img'));
  const direct = spawnSync(
    'grub-mkimage',
    [
      '-O',
      'i386-pc',
      '-p',
      '(,msdos1)/boot/grub',
      '-o',
      join(tree.directory, 'direct'),
      'part_msdos',
      'ext2',
      'part_gpt',
      'biosdisk',
    ],
    { encoding: 'utf8' },
  );
  assert.equal(direct.status, 0, direct.stderr);
  assert.equal(core.equals(readFileSync(join(tree.directory, 'direct'))), true);
  assert.equal(existsSync(join(platform, 'normal.mod')), true);
  const environment = readFileSync(join(tree.directory, 'boot/grub/grubenv'), 'latin1');
  assert.equal(environment, `# GRUB Environment Block\n${'#'.repeat(999)}`);
});

test('a core for a root on a volume searches for the file system of /boot', (context) => {
  const tree = biosTree(context, efiTable);
  if (tree === undefined) return;
  const separate = install(tree, ['--target=i386-pc', '/dev/image0']);
  assert.equal(separate.status, 0, separate.stderr);
  assert.equal(existsSync(join(tree.directory, 'boot/grub/i386-pc/load.cfg')), false);
  tree.write('/tmp/in_target.d/dib-layout', efiTable.replace(/^mount\t\/boot\t.*\n/m, ''));
  const onVolume = install(tree, ['--target', 'i386-pc', '/dev/image0']);
  assert.equal(onVolume.status, 0, onVolume.stderr);
  assert.equal(
    readFileSync(join(tree.directory, 'boot/grub/i386-pc/load.cfg'), 'utf8'),
    "search.fs_uuid 11111111-2222-3333-4444-555555555555 root lvm/my--vg-root\nset prefix=($root)'/boot/grub'\n",
  );
});

test('grub-install refuses disks that have no place for a boot loader', (context) => {
  const tree = biosTree(context, efiTable);
  if (tree === undefined) return;
  const said = (table: string, ...words: string[]) => {
    tree.write('/tmp/in_target.d/dib-layout', table);
    const { status, stderr } = install(tree, ['--target=i386-pc', ...words]);
    assert.equal(status, 1);
    return stderr;
  };
  assert.equal(said(efiTable), "grub-install: error: install device isn't specified\n");
  assert.equal(
    said(efiTable.replace(/^partition.*\n/m, ''), '/dev/image0'),
    'grub-install: error: /dev/image0 has a GPT without a BIOS boot partition (type EF02): there is no place for the boot loader\n',
  );
  assert.equal(
    said(efiTable.replace('sector=512', 'sector=4096'), '/dev/image0'),
    'grub-install: error: /dev/image0 has 4096-byte sectors: no BIOS boots it\n',
  );
  assert.match(
    said(mbrTable.replace('start=2048', 'start=34'), '/dev/image0'),
    /^grub-install: error: the core image needs sectors 1 to \d+, but the first partition of \/dev\/image0 begins at 34\n$/,
  );
  assert.equal(
    said(mbrTable, '/dev/image1'),
    'grub-install: error: disk /dev/image1 is not in /tmp/in_target.d/dib-layout\n',
  );
});

test('grub-install says which files the target lacks, and which options it does not know', (context) => {
  const tree = biosTree(context, mbrTable);
  if (tree === undefined) return;
  assert.equal(
    install(tree, ['--target=arm-efi']).stderr,
    "grub-install: error: /usr/lib/grub/arm-efi doesn't exist: install the package with GRUB's files for arm-efi, or give --directory\n",
  );
  assert.equal(install(tree, ['--nonsense']).stderr, 'grub-install: error: unknown option --nonsense\n');
  assert.equal(
    install(tree, ['--target=sparc64-ieee1275']).stderr,
    'grub-install: error: target sparc64-ieee1275 is not supported while an image is built\n',
  );
});

test('on EFI the loader of removable media is made, and signed files are taken when they are there', (context) => {
  const tree = biosTree(context, efiTable);
  if (tree === undefined) return;
  // Files of a platform that no package of this machine brings: enough for what is copied and what mkimage is told.
  const modules = [
    'part_gpt',
    'part_msdos',
    'fat',
    'xfs',
    'normal',
    'configfile',
    'search',
    'search_fs_uuid',
    'search_label',
  ];
  for (const name of modules) tree.write(`/tmp/x86_64-efi/${name}.mod`, name);
  tree.write(
    '/stub/grub-mkimage',
    '#!/bin/bash\nwhile [ $# -gt 0 ]; do [ "$1" != -o ] || out=$2; shift; done\necho core >"$out"\n',
    0o755,
  );
  const { status, stderr } = install(tree, [
    '--directory=/tmp/x86_64-efi',
    '--target=x86_64-efi',
    '--removable',
    '--no-nvram',
  ]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(join(tree.directory, 'boot/efi/EFI')), ['BOOT']);
  assert.equal(readFileSync(join(tree.directory, 'boot/efi/EFI/BOOT/BOOTX64.EFI'), 'utf8'), 'core\n');
  assert.equal(
    readFileSync(join(tree.directory, 'boot/grub/.dib-grub-install'), 'utf8'),
    'x86_64-efi\t\t/boot/grub/x86_64-efi\n',
  );
  assert.equal(
    readFileSync(join(tree.directory, 'boot/grub/x86_64-efi/load.cfg'), 'utf8'),
    "search.fs_uuid 99999999-2222-3333-4444-555555555555 root hd0,gpt3\nset prefix=($root)'/grub'\n",
  );
  tree.write('/tmp/in_target.d/dib-layout', mbrTable);
  const noSystem = install(tree, ['--directory=/tmp/x86_64-efi', '--target=x86_64-efi']);
  assert.equal(
    noSystem.stderr,
    'grub-install: error: cannot find the EFI system partition: no FAT file system at /boot/efi or /efi in /tmp/in_target.d/dib-layout\n',
  );
  tree.write('/tmp/in_target.d/dib-layout', efiTable);
  assert.equal(
    install(tree, ['--directory=/tmp/x86_64-efi', '--target=x86_64-efi', '--uefi-secure-boot']).stderr,
    'grub-install: error: secure boot was asked for, but the target has no signed GRUB and shim for x86_64-efi\n',
  );
});

/** A tree with the stand-ins first on PATH, or undefined where GRUB's BIOS files are missing. */
function biosTree(context: TestContext, table: string): Tree | undefined {
  if (!existsSync('/usr/lib/grub/i386-pc/boot.img') || spawnSync('grub-mkimage', ['--version']).status !== 0) {
    context.skip('needs the files of grub-pc-bin and grub-mkimage');
    return undefined;
  }
  const tree = treeWith(context, table);
  if (tree === undefined) return undefined;
  for (const name of ['grub-probe', 'grub-mkrelpath', 'grub-install'])
    tree.write(`/stub/${name}`, readFileSync(join(standIns, name), 'utf8'), 0o755);
  assert.equal(statSync(join(standIns, 'grub-install')).mode & 0o111, 0o111);
  return tree;
}

function install(tree: Tree, words: readonly string[]) {
  const path = join(tree.directory, 'run-install');
  writeFileSync(path, '#!/bin/bash\nexec grub-install "$@"\n', { mode: 0o755 });
  return tree.run(path, { arguments: words });
}
