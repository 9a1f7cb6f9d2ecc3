import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { describeFormat } from '../../src/base/format-table.js';
import { makeOrdinaryUser, whyNoOrdinaryUser } from '../helpers/package-copy.js';

const elementsPath = join(packageDirectory, 'test/fixtures/elements/system');
const directory = mkdtempSync(join(tmpdir(), 'dib-formats-'));
after(() => rmSync(directory, { recursive: true, force: true }));
chmodSync(directory, 0o755);

const skip = whyNotHere();

function whyNotHere(): string | false {
  if (process.getuid?.() !== 0) return 'run by root, for the owners and for mounting images';
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  const programs = ['qemu-img', 'mksquashfs', 'zstd', 'e2fsck', 'sfdisk', 'setcap', 'setfattr', 'setfacl', 'losetup'];
  const missing = programs.filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return existsSync('/dev/loop-control') ? false : 'no loop devices, to mount the images and read them back';
}

/** With a moment given, the same input gives the same bytes in every format except those where qemu-img adds its own. */
const epochSeconds = 1_600_000_000;
const environment = { SOURCE_DATE_EPOCH: String(epochSeconds) };
const sameBytes = ['qcow2', 'raw', 'raw.zst', 'vhd', 'qed', 'qcow', 'parallels'].concat([
  'tar',
  'tgz',
  'tar.zst',
  'squashfs',
  'oci',
  'aci',
]);
const otherDisks = ['vmdk', 'vhdx', 'vdi', 'vpc'];
const all = [...sameBytes, ...otherDisks];

function run(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8' },
  });
  assert.equal(status, 0, `${program} ${words.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Builds `image.*` in a directory of its own and gives the names of what came out. */
function build(
  name: string,
  formats: readonly string[],
  more: Readonly<Record<string, string>> = {},
): readonly string[] {
  const output = join(directory, name);
  mkdirSync(output);
  const { status, stdout, stderr } = spawnSync(
    join(packageDirectory, 'bin/disk-image-create'),
    ['-n', '-t', formats.join(','), '-o', 'image', 'odd-files'],
    {
      cwd: output,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: directory, ELEMENTS_PATH: elementsPath, ...environment, ...more },
    },
  );
  assert.equal(status, 0, stdout + stderr);
  return readdirSync(output).sort();
}

function filesOf(formats: readonly string[]): readonly string[] {
  return [...formats.map((format) => `image.${describeFormat(format).extension}`), 'image.manifest.json'].sort();
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What a tree holds; see `describe-tree.ts`. */
function describeTree(treeDirectory: string): Record<string, string> {
  const program = join(packageDirectory, 'test/system/describe-tree.ts');
  return JSON.parse(run(process.execPath, '--import', import.meta.resolve('tsx'), program, treeDirectory));
}

/** The same of a file system inside a file, as the kernel reads it. */
function describeMounted(path: string, type: string, offsetBytes = 0): Record<string, string> {
  const mountPoint = mkdtempSync(join(directory, 'mount-'));
  const program = join(packageDirectory, 'test/system/describe-tree.ts');
  const script = 'mount -t "$1" -o "ro,loop,offset=$2" "$3" "$4"; shift 4; exec "$@"';
  const describe = [process.execPath, '--import', import.meta.resolve('tsx'), program, mountPoint];
  const shell = ['sh', '-euc', script, 'sh', type, String(offsetBytes), path, mountPoint, ...describe];
  return JSON.parse(run('unshare', '--mount', '--propagation', 'private', ...shell));
}

/**
 * What a disk has of the tree, beside `lost+found`. Names of one symbolic link become links of their own there, as
 * `mke2fs -d` makes them; and what a hook put below `/proc` and `/sys`, where nobody ever sees it, stays.
 */
function inDisk(description: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(description)
      .filter(([path]) => !/^(proc|sys)\//.test(path))
      .map(([path, text]) => [path, text.startsWith('link ') ? text.replace(/ same as .*/, '') : text]),
  );
}

/** Directories in which the build itself makes, removes or covers something; their own times tell that. */
const changedDirectories = ['.', 'dev', 'etc', 'proc', 'sys', 'tmp', 'var/log'];

const fstab = 'LABEL=cloudimg-rootfs / ext4 defaults 0 1\n';

/** The tree as the same hook makes it outside of any build, then as an image of it has to be. */
let expected: Readonly<Record<string, string>> = {};

before(() => {
  if (skip !== false) return;
  const reference = join(directory, 'reference');
  mkdirSync(reference, { mode: 0o755 });
  const { status, stderr } = spawnSync(join(elementsPath, 'odd-files/root.d/10-odd-files'), {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TARGET_ROOT: reference },
  });
  assert.equal(status, 0, stderr);
  const made = describeTree(reference);
  const kept = Object.entries(made).filter(([path]) => !/^(dev|proc|sys)\//.test(path));
  assert.ok(kept.length < Object.keys(made).length, 'the hook made what must not be in images');
  const digest = createHash('sha256').update(fstab).digest('hex');
  expected = withoutTimes(
    { ...Object.fromEntries(kept), 'etc/fstab': `file ${fstab.length} ${digest} 644 0:0 @${epochSeconds}` },
    changedDirectories,
  );
  build('all', all);
});

function withoutTimes(
  description: Readonly<Record<string, string>>,
  paths: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(description)
      .map(([path, text]) => [path, paths.includes(path) ? text.replace(/ @\d+/, '') : text])
      .sort(([left = ''], [right = '']) => (left < right ? -1 : 1)),
  );
}

function compare(actual: Readonly<Record<string, string>>, wanted = expected): void {
  assert.deepEqual(withoutTimes(actual, changedDirectories), wanted);
}

function imageAt(extension: string, name = 'all'): string {
  return join(directory, name, `image.${extension}`);
}

test('one build gives every format that was asked for, and nothing else', { skip }, () => {
  assert.deepEqual(readdirSync(join(directory, 'all')).sort(), filesOf(all));
});

test('the tar holds the tree', { skip }, () => {
  const unpacked = join(directory, 'tar');
  mkdirSync(unpacked);
  run('tar', '-x', '-p', '-f', imageAt('tar'), '-C', unpacked, '--numeric-owner', '--xattrs', '--xattrs-include=*');
  compare(describeTree(unpacked));
  rmSync(unpacked, { recursive: true });
});

test('another reader finds the same members in the tar, with numbers instead of names of owners', {
  skip: skip || (spawnSync('python3', ['-c', 'import tarfile']).status === 0 ? false : 'python3 is not installed'),
}, () => {
  const script = [
    'import json, sys, tarfile',
    'members = tarfile.open(sys.argv[1], encoding="utf-8").getmembers()',
    'name = lambda m: m.name.encode("utf-8", "surrogateescape").decode("latin1")',
    'print(json.dumps([[name(m), oct(m.mode)[2:], f"{m.uid}:{m.gid}", m.uname + m.gname, m.isdev()] for m in members]))',
  ].join('\n');
  const members = JSON.parse(run('python3', '-c', script, imageAt('tar'))) as [
    string,
    string,
    string,
    string,
    boolean,
  ][];
  assert.deepEqual(members.map(([name]) => name.replace(/^\.\//, '')).sort(), Object.keys(expected).sort());
  for (const [name, mode, owner, ownerNames, isDevice] of members) {
    const wanted = expected[name.replace(/^\.\//, '')] ?? '';
    assert.ok(wanted.includes(` ${mode} ${owner}`), `${name}: ${mode} ${owner}, not ${wanted}`);
    // A pipe counts as a device for this reader.
    assert.deepEqual([ownerNames, isDevice && !wanted.startsWith('pipe ')], ['', false], name);
  }
});

test('the compressed archives are the tar, compressed', { skip }, () => {
  run('sh', '-euc', 'zcat "$1" | cmp - "$2"', 'sh', imageAt('tgz'), imageAt('tar'));
  run('sh', '-euc', 'zstdcat "$1" | cmp - "$2"', 'sh', imageAt('tar.zst'), imageAt('tar'));
});

test('the SquashFS holds the tree, except for the access lists that it has no place for', { skip }, () => {
  const wanted = Object.fromEntries(
    Object.entries(expected).map(([path, text]) => [path, text.replace(/ system\.posix_acl_access=\S+/, '')]),
  );
  const unpacked = join(directory, 'squash');
  run('unsquashfs', '-d', unpacked, imageAt('squash'));
  compare(describeTree(unpacked), wanted);
  rmSync(unpacked, { recursive: true });
  compare(describeMounted(imageAt('squash'), 'squashfs'), wanted);
});

test('the App Container image holds the tree below rootfs', { skip }, () => {
  const unpacked = join(directory, 'aci');
  mkdirSync(unpacked);
  run('tar', '-x', '-p', '-f', imageAt('aci'), '-C', unpacked, '--numeric-owner', '--xattrs', '--xattrs-include=*');
  assert.deepEqual(readdirSync(unpacked), ['rootfs']);
  compare(describeTree(join(unpacked, 'rootfs')));
  rmSync(unpacked, { recursive: true });
});

test('the container archive unpacks to the tree', {
  skip:
    skip ||
    (spawnSync('which', ['skopeo']).status === 0 && spawnSync('which', ['umoci']).status === 0
      ? false
      : 'skopeo or umoci is not installed'),
}, () => {
  const policy = ['--insecure-policy', 'copy', '--quiet'];
  run('skopeo', ...policy, `oci-archive:${imageAt('oci.tar')}`, `oci:${join(directory, 'layout')}:image`);
  run('umoci', 'raw', 'unpack', '--image', `${join(directory, 'layout')}:image`, join(directory, 'bundle'));
  const unpacked = describeTree(join(directory, 'bundle'));
  compare(unpacked);
});

test('the raw disk is a clean file system that holds the tree', { skip }, () => {
  run('e2fsck', '-f', '-n', imageAt('raw'));
  const { 'lost+found': lostAndFound, ...found } = describeMounted(imageAt('raw'), 'ext4');
  assert.match(lostAndFound ?? '', /^directory 700 0:0 @/);
  compare(inDisk(found), inDisk(expected));
  assert.ok(statSync(imageAt('raw')).blocks * 512 < statSync(imageAt('raw')).size / 2, 'the disk is sparse');
  assert.match(
    run('debugfs', '-R', 'stat srv/sparse', imageAt('raw')),
    /Size: 3145745\n(.*\n)*?.*Blockcount: (2|4|8)\n/,
  );
});

test('every other disk format holds the bytes of the raw disk', { skip }, () => {
  run('sh', '-euc', 'zstdcat "$1" | cmp - "$2"', 'sh', imageAt('raw.zst'), imageAt('raw'));
  for (const format of ['qcow2', 'vhdx', 'vmdk', 'vdi', 'qed', 'qcow', 'parallels', 'vpc', 'vhd']) {
    const driver = format === 'vhd' ? 'vpc' : format;
    const said = run('qemu-img', 'compare', '-f', 'raw', '-F', driver, imageAt('raw'), imageAt(format));
    assert.match(said, /^(Warning: Image size mismatch!\n)?Images are identical\.\n$/, format);
    assert.equal(said.startsWith('Warning'), format === 'vpc', `${format} has the size of the disk`);
  }
  for (const format of ['qcow2', 'vhdx', 'vmdk', 'vdi', 'qed', 'parallels']) {
    const checked = spawnSync('qemu-img', ['check', '-f', format, imageAt(format)], { encoding: 'utf8' });
    // 63: the format has no check.
    assert.ok(checked.status === 0 || checked.status === 63, `${format}: ${checked.stdout}${checked.stderr}`);
  }
});

for (const [name, formats] of Object.entries({
  'the other way round': [...all].reverse(),
  'tar before tgz': ['tar', 'tgz'],
  'tgz before tar': ['tgz', 'tar'],
  'SquashFS before a disk': ['squashfs', 'qcow2'],
  'SquashFS after a disk': ['qcow2', 'squashfs'],
  'a disk after one that is not compressed': ['vmdk', 'qcow2'],
  'an archive alone': ['tar'],
  'a disk alone': ['qcow2'],
})) {
  test(`asked for ${name}, formats are the same to the byte`, { skip }, async () => {
    assert.deepEqual(build(name, formats), filesOf(formats));
    for (const format of formats.filter((candidate) => sameBytes.includes(candidate))) {
      const { extension } = describeFormat(format);
      assert.equal(await digestOf(imageAt(extension, name)), await digestOf(imageAt(extension)), format);
    }
    rmSync(join(directory, name), { recursive: true });
  });
}

test('an ordinary user gets the same bytes as root', { skip: skip || whyNoOrdinaryUser() }, async () => {
  const user = makeOrdinaryUser();
  try {
    const elements = join(user.binDirectory, '../elements');
    cpSync(elementsPath, elements, { recursive: true });
    const { status, output } = user.run(
      join(user.binDirectory, 'disk-image-create'),
      ['-n', '-t', all.join(','), '-o', 'image', 'odd-files'],
      { ...environment, ELEMENTS_PATH: elements },
    );
    assert.equal(status, 0, output);
    for (const format of sameBytes) {
      const { extension } = describeFormat(format);
      const path = join(user.home, `image.${extension}`);
      assert.equal(await digestOf(path), await digestOf(imageAt(extension)), format);
      assert.equal(statSync(path).uid, statSync(user.home).uid, `${format} belongs to the user`);
    }
  } finally {
    user.remove();
  }
});

const rootChain = {
  mkfs: { type: 'ext4', mount: { mount_point: '/', fstab: { options: 'defaults', 'fsck-passno': 1 } } },
};
const srvChain = {
  mkfs: { type: 'ext4', label: 'srv', mount: { mount_point: '/srv', fstab: { options: 'nosuid', 'fsck-passno': 2 } } },
};

interface PartitionTable {
  readonly partitiontable: {
    readonly label: string;
    readonly partitions: readonly { readonly start: number; readonly size: number; readonly type: string }[];
  };
}

for (const label of ['mbr', 'gpt'] as const) {
  test(`parts of the tree lie in the partitions of ${label === 'mbr' ? 'an MBR' : 'a GPT'}`, { skip }, () => {
    const config = JSON.stringify([
      { local_loop: { name: 'image0' } },
      {
        partitioning: {
          base: 'image0',
          label,
          partitions: [
            { name: 'root', flags: label === 'mbr' ? ['boot', 'primary'] : undefined, size: '60MiB', ...rootChain },
            { name: 'srv', flags: label === 'mbr' ? ['primary'] : undefined, size: '40MiB', ...srvChain },
          ],
        },
      },
    ]);
    build(label, ['raw', 'tar'], { DIB_BLOCK_DEVICE_CONFIG: config });
    const { partitiontable } = JSON.parse(run('sfdisk', '--json', imageAt('raw', label))) as PartitionTable;
    assert.equal(partitiontable.label, label === 'mbr' ? 'dos' : 'gpt');
    const [root, srv] = partitiontable.partitions.map(({ start, size }) => {
      run(
        'sh',
        '-euc',
        'dd if="$1" of="$2" bs=512 skip="$3" count="$4" conv=sparse status=none',
        'sh',
        imageAt('raw', label),
        join(directory, 'part'),
        String(start),
        String(size),
      );
      run('e2fsck', '-f', '-n', join(directory, 'part'));
      return describeMounted(imageAt('raw', label), 'ext4', start * 512);
    });
    const { 'lost+found': rootLost, srv: mountPoint, 'etc/fstab': table, ...inRoot } = root ?? {};
    const { 'lost+found': srvLost, '.': top, ...inSrv } = srv ?? {};
    assert.deepEqual(
      [rootLost, srvLost].map((text) => text?.replace(/@\d+/, '')),
      Array(2).fill('directory 700 0:0 '),
    );
    const whole = {
      ...inRoot,
      srv: top ?? '',
      ...Object.fromEntries(
        Object.entries(inSrv).map(([path, text]) => [`srv/${path}`, text.replace('same as ', 'same as srv/')]),
      ),
    };
    const { 'etc/fstab': _, ...wanted } = expected;
    compare(inDisk(whole), inDisk(wanted));
    assert.match(mountPoint ?? '', /^directory 755 0:0/);
    assert.match(table ?? '', /^file \d+ /);
    assert.equal(
      run('tar', '-x', '-O', '-f', imageAt('tar', label), './etc/fstab'),
      'LABEL=cloudimg-rootfs / ext4 defaults 0 1\nLABEL=srv /srv ext4 nosuid 0 2\n',
    );
  });
}
