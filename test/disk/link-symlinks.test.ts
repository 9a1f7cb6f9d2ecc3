import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, mkdir, open, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { linkCommands } from '../../src/disk/link-symlinks.js';
import { populateExt } from '../../src/disk/populate-ext.js';
import { missingPrograms, needsRoot, openDiskPorts } from './disk-ports.js';
import { fileSystem } from './disk-values.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;

test('names of one inode become links of its first; a name alone, and one that debugfs cannot be told, stay', () => {
  assert.deepEqual(linkCommands('7\ta\u00007\td/b "c"\u00008\tx\u00009\ty\u00009\tz\nz\u0000'), [
    'set_inode_field "/d/b ""c""" links_count 0',
    'kill_file "/d/b ""c"""',
    'unlink "/d/b ""c"""',
    'ln "/a" "/d/b ""c"""',
    'set_inode_field "/a" links_count 2',
  ]);
  assert.deepEqual(linkCommands(''), []);
});

test('symbolic links with several names are one inode in the file system, which passes its check', {
  skip: needsRoot || missingPrograms('mke2fs', 'e2fsck', 'debugfs'),
}, async (context) => {
  const directory = await temporaryDirectory(context);
  const treeDirectory = join(directory, 'tree');
  await mkdir(join(treeDirectory, 'd'), { recursive: true });
  await symlink('target', join(treeDirectory, 'a'));
  await link(join(treeDirectory, 'a'), join(treeDirectory, 'd/b "c"'));
  await link(join(treeDirectory, 'a'), join(treeDirectory, 'd/e'));
  // More than 59 bytes lie in a block of their own.
  await symlink('x'.repeat(200), join(treeDirectory, 'long'));
  await link(join(treeDirectory, 'long'), join(treeDirectory, 'd/long'));
  const filePath = join(directory, 'disk');
  const file = await open(filePath, 'w');
  await file.truncate(21 * mebibyte);
  await file.close();
  const make = () =>
    populateExt(
      {
        filePath,
        offsetBytes: mebibyte,
        sizeBytes: 20 * mebibyte,
        fileSystem: fileSystem({ type: 'ext4', atMebibytes: 1, sizeMebibytes: 20, mountPoint: '/' }),
        treeDirectory,
        workDirectory: directory,
        isEfiSystemPartition: false,
        sourceDateEpochSeconds: 1_600_000_000,
      },
      openDiskPorts(),
    );
  await make();
  const piecePath = join(directory, 'piece');
  execFileSync('dd', [`if=${filePath}`, `of=${piecePath}`, 'bs=1M', 'skip=1', 'status=none']);
  execFileSync('e2fsck', ['-fn', piecePath], { stdio: 'pipe' });
  const status = (path: string) =>
    execFileSync('debugfs', ['-R', `stat "${path}"`, piecePath], { encoding: 'utf8', stdio: 'pipe' });
  const inodeOf = (path: string) => /^Inode: (\d+)/.exec(status(path))?.[1];
  assert.equal(inodeOf('/d/e'), inodeOf('/a'));
  assert.equal(inodeOf('/d/b ""c""'), inodeOf('/a'));
  assert.equal(inodeOf('/d/long'), inodeOf('/long'));
  assert.match(status('/a'), /Links: 3 /);
  assert.match(status('/long'), /Links: 2 /);
  assert.match(status('/long'), /Size: 200/);
});
