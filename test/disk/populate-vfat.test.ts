import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mkfsFatArguments, populateVfat } from '../../src/disk/populate-vfat.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;
const skip = missingPrograms('mkfs.fat', 'mcopy', 'mmd', 'mdir', 'fsck.fat');

async function prepare(context: TestContext, sizeMebibytes: number, sectorSizeBytes: 512 | 4096 = 512) {
  const directory = await temporaryDirectory(context);
  const treeDirectory = join(directory, 'tree');
  await mkdir(treeDirectory);
  const filePath = join(directory, 'disk');
  const file = await open(filePath, 'w');
  await file.truncate((sizeMebibytes + 1) * mebibyte);
  await file.close();
  const request = {
    filePath,
    offsetBytes: mebibyte,
    sizeBytes: sizeMebibytes * mebibyte,
    fileSystem: fileSystem({
      type: 'vfat',
      label: 'esp',
      uuid: '1234-ABCD',
      mountPoint: '/boot/efi',
      atMebibytes: 1,
      sizeMebibytes,
      sectorSizeBytes,
    }),
    treeDirectory,
    workDirectory: directory,
    isEfiSystemPartition: true,
  };
  return { directory, treeDirectory, filePath, request };
}

test('an EFI system partition is FAT32 where it can be', async (context) => {
  const { request } = await prepare(context, 33);
  const widthOf = (sizeMebibytes: number, sectorSizeBytes: 512 | 4096, options: readonly string[] = []) => {
    const layout = { ...request.fileSystem, sectorSizeBytes, options };
    const words = mkfsFatArguments({ ...request, fileSystem: layout, sizeBytes: sizeMebibytes * mebibyte });
    return words.slice(words.indexOf('-F')).slice(0, 2).join(' ');
  };
  assert.equal(widthOf(33, 512), '-F 32');
  assert.equal(widthOf(32, 512), '-F 16');
  assert.equal(widthOf(264, 4096), '-F 32');
  assert.equal(widthOf(263, 4096), '-F 16');
  assert.equal(widthOf(100, 512, ['-F', '16']), '-F 16');
  assert.deepEqual(mkfsFatArguments(request), [
    '--invariant',
    '-F',
    '32',
    '-s',
    '1',
    '-S',
    '512',
    '-n',
    'ESP',
    '-i',
    '1234ABCD',
    '--offset=2048',
    request.filePath,
    '33792',
  ]);
});

for (const { size, sectorSizeBytes } of [
  { size: 33, sectorSizeBytes: 512 },
  { size: 264, sectorSizeBytes: 4096 },
] as const)
  test(`names, contents and times are read back with sectors of ${sectorSizeBytes}`, { skip }, async (context) => {
    const { directory, treeDirectory, filePath, request } = await prepare(context, size, sectorSizeBytes);
    await mkdir(join(treeDirectory, 'EFI'));
    await mkdir(join(treeDirectory, 'EFI/a directory [1]'));
    const names = ['EFI/grub.cfg', 'EFI/Ünïcode name.txt', 'EFI/a directory [1]/x', 'loader.conf'];
    for (const name of names) {
      await writeFile(join(treeDirectory, name), `content of ${name}`);
      await utimes(join(treeDirectory, name), 1_600_000_000, 1_600_000_000);
    }
    await populateVfat(request, openDiskPorts());
    const cut = join(directory, 'cut');
    execFileSync('dd', [`if=${filePath}`, `of=${cut}`, 'bs=1M', 'skip=1', `count=${size}`, 'status=none']);
    execFileSync('fsck.fat', ['-n', cut], { stdio: 'pipe' });
    const back = join(directory, 'back');
    await mkdir(back);
    const environment = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', MTOOLS_SKIP_CHECK: '1' };
    execFileSync('mcopy', ['-s', '-m', '-i', cut, '::/EFI', '::/loader.conf', back], {
      env: environment,
      stdio: 'pipe',
    });
    for (const name of names) assert.equal(await readFile(join(back, name), 'utf8'), `content of ${name}`);
    const listing = execFileSync('mdir', ['-i', cut, '::/loader.conf'], { env: environment, encoding: 'utf8' });
    assert.match(listing, /2020-09-13 +12:26/);
  });

test('what FAT cannot hold is named', { skip }, async (context) => {
  const cases: readonly (readonly [(tree: string) => Promise<unknown>, string])[] = [
    [(tree) => symlink('x', join(tree, 'link')), '"/boot/efi/link": it is a symbolic link'],
    [async (tree) => execFileSync('mkfifo', [join(tree, 'pipe')]), '"/boot/efi/pipe": it is a special file'],
    [(tree) => writeFile(join(tree, 'a:b'), ''), '"/boot/efi/a:b": it has a name that FAT cannot hold'],
    [
      async (tree) => {
        await writeFile(join(tree, 'Readme'), '');
        await writeFile(join(tree, 'README'), '');
      },
      '"/boot/efi/Readme": it differs from "README" only in upper and lower case',
    ],
  ];
  for (const [make, what] of cases) {
    const { treeDirectory, request } = await prepare(context, 33);
    await make(treeDirectory);
    await assert.rejects(populateVfat(request, openDiskPorts()), {
      code: 'FILE_SYSTEM_UNSUPPORTED',
      message: `the FAT file system "mkfs_vfat" cannot hold ${what}`,
    });
  }
});
