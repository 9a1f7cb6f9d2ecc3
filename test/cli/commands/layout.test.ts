import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runLine } from './run-line.js';

function write(context: TestContext, name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-layout-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const lvm = `
- local_loop: { name: image0 }
- partitioning: { base: image0, label: gpt, partitions: [ { name: all, type: 8E00, size: 100% } ] }
- lvm:
    name: lvm
    pvs: [ { name: pv, base: all } ]
    vgs: [ { name: vg, base: [ pv ] } ]
    lvs: [ { name: lv_root, base: vg, extents: 100%VG } ]
- mkfs: { name: mkfs_root, base: lv_root, mount: { mount_point: /, fstab: { fsck-passno: 1 } } }
`;

test('the layout of elements is shown, an operating system is not needed', async (context) => {
  assert.deepEqual(await runLine(context, 'dib layout -a amd64 block-device-gpt'), {
    status: 0,
    out: [
      'image0: fitted to the tree, gpt, 512-byte sectors',
      '  8 MiB  BSP   BIOS boot partition',
      '   100%  root  Linux filesystem     ext4 cloudimg-rootfs  /',
      '',
    ].join('\n'),
    error: '',
  });
});

test('with a size, offsets are shown, and settings of a build act', async (context) => {
  const { out } = await runLine(context, 'dib layout --image-size 1 --root-label my-root -a amd64 vm', {
    environment: { FS_TYPE: 'xfs' },
  });
  const [title, header, ...rows] = out.split('\n');
  assert.match(title ?? '', /^image0: 1 GiB \(1073741824 bytes\), mbr [0-9a-f]{8}, 512-byte sectors$/);
  assert.equal(header?.trim().split(/ {2,}/).join(' '), 'offset size no name type file system mount');
  assert.match(
    rows.join('\n'),
    /\n +1 MiB +1022 MiB +1 +root +Linux filesystem, boot +xfs my-root [0-9a-f-]{36} +\/\n/,
  );
  assert.match(out, /\n\/etc\/fstab\n {2}LABEL=my-root \/ xfs defaults 0 1\n$/);
});

test('a configuration in a file is checked and drawn', async (context) => {
  const path = write(context, 'disk.yaml', lvm);
  const { status, out } = await runLine(context, `dib layout ${path}`);
  assert.deepEqual([status, out.split('\n').at(-2)], [0, '  100%VG  lv_root  linear  ext4 cloudimg-rootfs  /']);
  const wrong = write(context, 'wrong.yml', '- local_loop: { name: image0 }\n- mkfs: { base: imag0, type: ext4 }\n');
  assert.deepEqual(await runLine(context, `dib layout ${wrong}`), {
    status: 1,
    out: '',
    error: `error LAYOUT_INVALID: mkfs "mkfs_imag0" stands on "imag0", which does not exist (imag0 → mkfs_imag0)\n  at: ${wrong}:2:17\n  hint: did you mean "image0"?\n`,
  });
});

test('everything is there as JSON', async (context) => {
  const path = write(context, 'disk.yaml', lvm);
  const spec = JSON.parse((await runLine(context, `dib layout --json ${path}`)).out);
  assert.deepEqual([spec.images[0].name, spec.volumeGroups[0].logicalVolumes[0].name], ['image0', 'lv_root']);
  const layout = JSON.parse((await runLine(context, `dib layout --json --image-size 1 ${path}`)).out);
  assert.equal(layout.images[0].sizeBytes, 2 ** 30);
});

test('an image file is read, whatever its format', {
  skip: existsSync('/usr/bin/qemu-img') && existsSync('/usr/sbin/sfdisk') ? false : 'no qemu-img or no sfdisk',
}, async (context) => {
  const raw = write(context, 'image.raw', '');
  const swap = write(context, 'swap', '');
  execFileSync('truncate', ['-s', '64M', raw]);
  execFileSync('truncate', ['-s', '1M', swap]);
  execFileSync('sfdisk', ['-q', raw], {
    input:
      'label: dos\nlabel-id: 0x12345678\nstart=2048, size=65536, type=83, bootable\nstart=67584, size=61440, type=5\nstart=69632, size=2048, type=82\n',
  });
  execFileSync('mkswap', ['-q', '-L', 'swap', '-U', '11111111-2222-4333-8444-555555555555', swap], { stdio: 'pipe' });
  execFileSync('dd', [`if=${swap}`, `of=${raw}`, 'bs=1M', 'seek=34', 'conv=notrunc', 'status=none']);
  for (const format of ['raw', 'qcow2', 'vmdk']) {
    const path = raw.replace(/raw$/, format);
    if (format !== 'raw') execFileSync('qemu-img', ['convert', '-O', format, raw, path]);
    assert.deepEqual(await runLine(context, `dib layout ${path}`), {
      status: 0,
      out: [
        `image.${format}: 64 MiB (67108864 bytes), mbr 12345678, 512-byte sectors`,
        '  offset    size  no  type                    content',
        '   1 MiB  32 MiB   1  Linux filesystem, boot',
        '  34 MiB   1 MiB   5  Linux swap, logical     swap swap 11111111-2222-4333-8444-555555555555',
        '',
      ].join('\n'),
      error: '',
    });
  }
});

test('a file that is not there is no element', async (context) => {
  const { status, error } = await runLine(context, 'dib layout nothing.qcow2');
  assert.equal(status, 1);
  assert.match(error, /^error FILE_UNREADABLE: \S+\/nothing\.qcow2 is not there, or is no file\n$/);
});
