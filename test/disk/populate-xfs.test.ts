import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, open, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mkfsXfsArguments, populateXfs } from '../../src/disk/populate-xfs.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { cannotMount, describeImage } from './mounted-image.js';
import { describeTree, makeSampleTree } from './sample-tree.js';
import { temporaryDirectory } from './temporary-directory.js';

const tools = missingPrograms('mkfs.xfs', 'xfs_repair', 'setfattr', 'getfattr');
const skip = needsRoot || tools || cannotMount;

async function prepare(
  context: TestContext,
  options: { readonly sizeMebibytes?: number; readonly words?: readonly string[] } = {},
) {
  const { sizeMebibytes = 400, words = [] } = options;
  const directory = await temporaryDirectory(context);
  const treeDirectory = join(directory, 'tree');
  await mkdir(treeDirectory);
  const filePath = join(directory, 'xfs');
  await writeFile(filePath, '');
  await truncate(filePath, sizeMebibytes * 1024 * 1024);
  const layout = fileSystem({ type: 'xfs', label: 'img-rootfs', atMebibytes: 0, sizeMebibytes, options: words });
  const request = {
    filePath,
    offsetBytes: 0,
    sizeBytes: sizeMebibytes * 1024 * 1024,
    fileSystem: layout,
    treeDirectory,
    workDirectory: directory,
    isEfiSystemPartition: false,
  };
  return { directory, treeDirectory, filePath, request };
}

async function checkAgainstTree(made: Awaited<ReturnType<typeof prepare>>): Promise<number> {
  await populateXfs(made.request, openDiskPorts());
  execFileSync('xfs_repair', ['-n', '-f', made.filePath], { stdio: 'pipe' });
  const { lines, root, sparseBlocks } = await describeImage(made.filePath, { directory: made.directory });
  assert.deepEqual(lines, await describeTree(made.treeDirectory, { hasTimes: true }));
  assert.equal(root, '40755 0:0');
  return sparseBlocks;
}

test('the kernel finds the tree in an XFS, and xfs_repair finds nothing to repair', { skip }, async (context) => {
  const made = await prepare(context);
  await makeSampleTree(made.treeDirectory);
  const sparseBlocks = await checkAgainstTree(made);
  assert.equal(sparseBlocks, 8);
});

test('directories of every form are read back', { skip }, async (context) => {
  const made = await prepare(context);
  await makeSampleTree(made.treeDirectory);
  // In the inode, one block, several blocks with one index, a tree of indexes, one with long names.
  for (const count of [5, 40, 300, 2000, 2500]) {
    const directory = join(made.treeDirectory, `names-${count}`);
    await mkdir(directory);
    const length = count > 2000 ? 200 : 10;
    for (let index = 0; index < count; index += 1)
      await (count > 2000
        ? link(join(made.treeDirectory, 'etc/hostname'), join(directory, `${index}`.padEnd(length, 'x')))
        : symlink('target', join(directory, `${index}`.padEnd(length, '-'))));
  }
  await checkAgainstTree(made);
});

test('many inodes, attributes in a block, access lists, long links and files in many pieces are read back', {
  skip: skip || missingPrograms('setfacl'),
}, async (context) => {
  const made = await prepare(context, { sizeMebibytes: 1024 });
  const tree = made.treeDirectory;
  await makeSampleTree(tree);
  await mkdir(join(tree, 'many'));
  for (let index = 0; index < 8000; index += 1) {
    if (index % 400 === 0) await mkdir(join(tree, `many/${index / 400}`));
    await writeFile(join(tree, `many/${Math.floor(index / 400)}/${index}`), index % 7 === 0 ? 'x' : '');
  }
  for (let index = 0; index < 30; index += 1)
    execFileSync('setfattr', [
      '-n',
      `user.attribute-${index}`,
      '-v',
      'v'.repeat(index * 3),
      join(tree, 'etc/hostname'),
    ]);
  execFileSync('setfattr', ['-n', 'trusted.large', '-v', 'y'.repeat(2500), join(tree, 'var')]);
  execFileSync('setfattr', ['-n', 'user.empty', join(tree, 'etc')]);
  execFileSync('setfattr', ['-h', '-n', 'trusted.link', '-v', '1', join(tree, 'etc/long link')]);
  execFileSync('setfattr', ['-n', 'trusted.fifo', '-v', '1', join(tree, 'var/fifo')]);
  execFileSync('setfacl', ['-m', 'u:1000:rw,g:50:r', '-m', 'd:u:1000:rwx', join(tree, 'var/log')]);
  execFileSync('mknod', [join(tree, 'var/null'), 'c', '1', '3']);
  execFileSync('mknod', [join(tree, 'var/disk'), 'b', '259', '70000']);
  await symlink('l/'.repeat(500), join(tree, 'etc/longest link'));
  const pieces = await open(join(tree, 'var/pieces'), 'w');
  for (let index = 0; index < 600; index += 1)
    await pieces.write(Buffer.from(`piece ${index}`), 0, undefined, index * 65_536);
  await pieces.close();
  await checkAgainstTree(made);
});

test('an XFS with sectors and inodes of other sizes and without newer features is filled, too', {
  skip,
}, async (context) => {
  const words = ['-m', 'finobt=0,reflink=0,bigtime=0,inobtcount=0', '-i', 'size=1024,sparse=0'];
  const made = await prepare(context, { words });
  await makeSampleTree(made.treeDirectory);
  await checkAgainstTree(made);
});

test('with a source date the same tree gives the same bytes', { skip: needsRoot || tools }, async (context) => {
  const digests: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const made = await prepare(context);
    await makeSampleTree(made.treeDirectory);
    await populateXfs({ ...made.request, sourceDateEpochSeconds: 1_650_000_000 }, openDiskPorts());
    digests.push(
      createHash('sha256')
        .update(await readFile(made.filePath))
        .digest('hex'),
    );
  }
  assert.equal(digests[0], digests[1]);
});

test('a tree that does not fit is told as that', { skip: tools }, async (context) => {
  const made = await prepare(context);
  await writeFile(join(made.treeDirectory, 'large'), Buffer.alloc(400 * 1024 * 1024, 1));
  await assert.rejects(populateXfs(made.request, openDiskPorts()), { code: 'LAYOUT_TOO_SMALL' });
});

test('features that cannot be filled in are named', { skip: tools }, async (context) => {
  const made = await prepare(context, { words: ['-m', 'rmapbt=1', '-n', 'size=8192'] });
  await assert.rejects(populateXfs(made.request, openDiskPorts()), {
    code: 'FILE_SYSTEM_UNSUPPORTED',
    message:
      'an XFS with read-only features 0x2, directory blocks larger than a block (-n size, or -b size below 4096) cannot be filled in user space',
  });
});

test('label, id and sector size are given to mkfs.xfs', async (context) => {
  const { request } = await prepare(context);
  const large = { ...request, fileSystem: { ...request.fileSystem, sectorSizeBytes: 4096 as const } };
  assert.deepEqual(mkfsXfsArguments(large), [
    '-q',
    '-s',
    'size=4096',
    '-L',
    'img-rootfs',
    '-m',
    'uuid=11111111-2222-4333-8444-555555555555,rmapbt=0',
    request.filePath,
  ]);
});
