import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openClock, openIdentities } from '../../src/build/open-ports.js';
import { assembleDisk } from '../../src/disk/assemble-disk.js';
import { inspectDisk } from '../../src/disk/inspect-disk.js';
import { measureTree } from '../../src/disk/measure-tree.js';
import { parseLayout } from '../../src/layout/parse-layout.js';
import { fittedImageSizes } from '../../src/layout/size-image.js';
import { sizeLayout } from '../../src/layout/size-layout.js';
import type { DiskLayout, FileSystemLayout, ImageLayout } from '../../src/model/layout.js';
import type { Ports } from '../../src/model/ports.js';
import { openPrograms } from '../../src/process/run-program.js';
import type { MatrixRow } from './layout-matrix-table.js';

// Started as an ordinary user in a user namespace: builds one row, checks it with the tools of each format, and prints
// the layout and every disagreement. The raw files stay, for the checks that need root.
const { row, directory } = JSON.parse(readFileSync(0, 'utf8')) as {
  readonly row: MatrixRow;
  readonly directory: string;
};

const clock = openClock();
const signal = new AbortController().signal;
const pathDirectories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const ports: Ports = {
  programs: openPrograms({ pathDirectories, emit: () => undefined, clock, signal }),
  emit: () => undefined,
  clock,
  signal,
  identities: openIdentities(row.name),
};
const treeDirectory = join(directory, 'tree');
const imageDirectory = join(directory, 'images');
const workDirectory = join(directory, 'work');
for (const path of [treeDirectory, imageDirectory, workDirectory]) mkdirSync(path);

const spec = parseLayout({
  text: row.text,
  origin: row.name,
  defaults: { rootFileSystemType: row.rootType ?? 'ext4' },
});
const mountPoints = spec.mounts.map(({ mountPoint }) => mountPoint).filter((path) => path !== 'none');
makeTree();
const { byMountPoint } = await measureTree({ treeDirectory, mountPoints, usageReport: 'none' }, ports);
const fitted = fittedImageSizes(spec, {
  usage: new Map(Object.entries(byMountPoint)),
  size: row.imageSizeMib === undefined ? {} : { imageSizeGib: row.imageSizeMib / 1024 },
});
const layout = sizeLayout(spec, { ...fitted, identities: ports.identities });
const imagePaths = await assembleDisk({ layout, treeDirectory, imageDirectory, workDirectory }, ports);

/** Programs that read a file system through, without changing it. */
const checkers: Readonly<Record<string, (path: string) => readonly [string, readonly string[]]>> = {
  ext2: (path) => ['e2fsck', ['-f', '-n', path]],
  ext3: (path) => ['e2fsck', ['-f', '-n', path]],
  ext4: (path) => ['e2fsck', ['-f', '-n', path]],
  xfs: (path) => ['xfs_repair', ['-n', '-f', path]],
  btrfs: (path) => ['btrfs', ['check', '--readonly', path]],
  vfat: (path) => ['fsck.fat', ['-n', path]],
};

const faults: string[] = [];
for (const image of layout.images) await checkTable(image, imagePaths.get(image.name) ?? '');
for (const fileSystem of layout.fileSystems) await checkFileSystem(fileSystem);
rmSync(treeDirectory, { recursive: true });
process.stdout.write(JSON.stringify({ layout, imagePaths: [...imagePaths], faults }));

/** A few files at each mount point, one of which says where it is. */
function makeTree(): void {
  for (const path of ['etc', 'usr/bin', 'boot', 'var/lib']) mkdirSync(join(treeDirectory, path), { recursive: true });
  writeFileSync(join(treeDirectory, 'etc/hostname'), 'image\n');
  writeFileSync(join(treeDirectory, 'usr/bin/program'), Buffer.alloc(3_000_000, 'program'), { mode: 0o755 });
  writeFileSync(join(treeDirectory, 'boot/vmlinuz'), Buffer.alloc(1_000_000, 'kernel'));
  for (const mountPoint of mountPoints) {
    mkdirSync(join(treeDirectory, mountPoint), { recursive: true });
    writeFileSync(join(treeDirectory, mountPoint, 'here.txt'), `${mountPoint}\n`);
  }
}

function expect(what: string, actual: unknown, wanted: unknown): void {
  const [found, asked] = [actual, wanted].map((value) => JSON.stringify(value));
  if (found !== asked) faults.push(`${what}: ${found}, asked for ${asked}`);
}

interface SfdiskTable {
  readonly label: string;
  readonly id: string;
  readonly partitions?: readonly {
    readonly node: string;
    readonly start: number;
    readonly size: number;
    readonly type: string;
    readonly bootable?: boolean;
    readonly name?: string;
    readonly uuid?: string;
  }[];
}

async function checkTable(image: ImageLayout, path: string): Promise<void> {
  const { table, sectorSizeBytes } = image;
  const file = await open(path, 'r');
  const { size } = await file.stat();
  expect(`size of ${image.name}`, size, image.sizeBytes);
  const inspected = await inspectDisk(async (offsetBytes, lengthBytes) => {
    const { buffer } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offsetBytes);
    return buffer;
  }, size).finally(() => file.close());
  const places = (partitions: readonly { number: number; startSector: number; sectorCount: number }[] = []) =>
    partitions.map(({ number, startSector, sectorCount }) => [number, startSector, sectorCount]);
  expect(`own reading of ${image.name}`, places(inspected.table?.partitions), places(table?.partitions));
  // sfdisk and sgdisk take files for disks with sectors of 512 bytes; the others are checked on loop devices.
  if (table === undefined || sectorSizeBytes !== 512) return;
  const dump = JSON.parse(run('sfdisk', ['--json', path])).partitiontable as SfdiskTable;
  expect('kind of table', dump.label, table.kind === 'gpt' ? 'gpt' : 'dos');
  expect(
    'identifier of the table',
    dump.id.toLowerCase(),
    table.kind === 'gpt' ? table.diskGuid.toLowerCase() : `0x${table.diskSignature.toString(16).padStart(8, '0')}`,
  );
  const extendedNode = table.kind === 'mbr' ? table.extended?.number : undefined;
  const found = (dump.partitions ?? []).filter(({ node }) => node !== `${path}${extendedNode}`);
  // libfdisk shows no partition of an MBR beyond number 60; our own reading has seen all.
  const shown = table.partitions.filter(({ number }) => table.kind === 'gpt' || number <= 60);
  expect(
    'partitions',
    found.map(({ node, start, size: count, type, bootable, name, uuid }) => [
      node.slice(path.length),
      start,
      count,
      type.toLowerCase(),
      table.kind === 'gpt' ? [name, uuid?.toLowerCase()] : bootable === true,
    ]),
    shown.map(({ number, startSector, sectorCount, mbrType, typeGuid, isBootable, name, partitionGuid }) => [
      String(number),
      startSector,
      sectorCount,
      table.kind === 'gpt' ? (typeGuid ?? '').toLowerCase() : (mbrType ?? 0).toString(16),
      table.kind === 'gpt' ? [name, partitionGuid?.toLowerCase()] : isBootable,
    ]),
  );
  if (table.kind === 'gpt' && !run('sgdisk', ['-v', path]).includes('No problems found'))
    faults.push(`sgdisk: ${path}`);
  run('sfdisk', ['--verify', path]);
}

async function checkFileSystem(fileSystem: FileSystemLayout): Promise<void> {
  const { name, type, label, uuid, mountPoint } = fileSystem;
  const path = join(workDirectory, `${name}.raw`);
  await gather(layout, fileSystem, path);
  const tag = (key: string) => run('blkid', ['-p', '-s', key, '-o', 'value', path]).trim();
  expect(`what blkid says of ${name}`, [tag('TYPE'), tag('LABEL'), tag('UUID')], [type, label, uuid]);
  const checker = checkers[type];
  if (checker !== undefined) run(...checker(path));
  if (mountPoint !== undefined && mountPoint !== 'none') {
    const said = readHere(type, path);
    if (said !== undefined) expect(`here.txt of ${name}`, said, `${mountPoint}\n`);
  }
  rmSync(path);
}

/** The bytes of a file system as one file. */
async function gather(disks: DiskLayout, fileSystem: FileSystemLayout, path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(fileSystem.sizeBytes);
  await file.close();
  let at = 0;
  for (const { image, offsetBytes, sizeBytes } of fileSystem.regions) {
    if (!disks.images.some((candidate) => candidate.name === image)) throw new Error(`no image ${image}`);
    const source = imagePaths.get(image) ?? '';
    // Sparse, as most of a disk is zeros; dd counts in bytes.
    run('dd', [
      ...[`if=${source}`, `of=${path}`, 'bs=64K', 'conv=sparse,notrunc', 'status=none'],
      ...['iflag=skip_bytes,count_bytes', 'oflag=seek_bytes'],
      ...[`skip=${offsetBytes}`, `count=${sizeBytes}`, `seek=${at}`],
    ]);
    at += sizeBytes;
  }
}

function readHere(type: string, path: string): string | undefined {
  if (type.startsWith('ext')) return run('debugfs', ['-R', 'cat /here.txt', path]);
  if (type === 'vfat') return run('mtype', ['-i', path, '::here.txt']);
  if (type === 'btrfs') {
    const restored = join(workDirectory, 'restored');
    mkdirSync(restored);
    run('btrfs', ['restore', path, restored]);
    const said = readFileSync(join(restored, 'here.txt'), 'utf8');
    rmSync(restored, { recursive: true });
    return said;
  }
  if (type === 'xfs') {
    const listing = run('xfs_db', [
      '-r',
      '-c',
      'path /here.txt',
      '-c',
      'dblock 0',
      '-c',
      'type text',
      '-c',
      'print',
      path,
    ]);
    // "000:  2f 76 61 72 0a 00 …  .var....": hexadecimal columns, then the characters.
    const bytes = listing
      .split('\n')
      .flatMap((line) =>
        (/^[0-9a-f]+:((?: [0-9a-f]{2})+)/.exec(line.replace(/: +/, ': '))?.[1] ?? '').trim().split(' '),
      )
      .filter((word) => word !== '')
      .map((word) => Number.parseInt(word, 16));
    return Buffer.from(bytes).toString('latin1').replace(/\0.*$/s, '');
  }
  return undefined;
}

function run(program: string, words: readonly string[]): string {
  try {
    return execFileSync(program, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: pathDirectories.join(':'), LC_ALL: 'C.UTF-8', MTOOLS_SKIP_CHECK: '1' },
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    faults.push(`${program} ${words.join(' ')}: ${stdout}${stderr}`.slice(0, 2000));
    return '';
  }
}
