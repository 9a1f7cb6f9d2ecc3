import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { rewriteExtInodes } from '../../src/disk/ext-inodes.js';
import { missingPrograms } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

const skip = missingPrograms('mke2fs', 'e2fsck', 'debugfs');

async function makeFileSystem(directory: string): Promise<string> {
  const tree = join(directory, 'tree');
  await mkdir(tree);
  // More than one group of inodes.
  for (let index = 0; index < 300; index += 1) await writeFile(join(tree, `file-${index}`), 'x');
  const path = join(directory, 'ext4');
  const file = await open(path, 'w');
  await file.truncate(40 * 1024 * 1024);
  await file.close();
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-g', '8192', '-b', '1024', '-N', '500', '-d', tree, path], {
    stdio: 'pipe',
  });
  return path;
}

test('every used inode is visited once and its checksum stays right', { skip }, async (context) => {
  const filePath = await makeFileSystem(await temporaryDirectory(context));
  const numbers: number[] = [];
  await rewriteExtInodes({
    filePath,
    offsetBytes: 0,
    inodes: 'all',
    rewrite(inode, number) {
      numbers.push(number);
      // The first inodes have no room for times after 2038.
      if (number <= 11) return;
      inode.setModificationSeconds(5_000_000_000);
      assert.equal(inode.modificationSeconds(), 5_000_000_000);
      inode.setOtherSeconds(1_000_000_000);
      inode.setOwner(70_000, 80_000);
    },
  });
  assert.equal(new Set(numbers).size, numbers.length);
  assert.equal(numbers.filter((number) => number > 11).length, 300);
  execFileSync('e2fsck', ['-fn', filePath], { stdio: 'pipe' });
  const text = execFileSync('debugfs', ['-R', 'stat /file-299', filePath], { encoding: 'utf8', stdio: 'pipe' });
  assert.match(text, /User: 70000 +Group: 80000 /);
  assert.match(text, /crtime: 0x3b9aca00:00000000/);
  assert.match(text, /mtime: 0x2a05f200:00000001/);
});

test('one inode can be changed alone', { skip }, async (context) => {
  const filePath = await makeFileSystem(await temporaryDirectory(context));
  const numbers: number[] = [];
  await rewriteExtInodes({
    filePath,
    offsetBytes: 0,
    inodes: [2],
    rewrite(inode, number) {
      numbers.push(number);
      inode.setMode(0o41777);
    },
  });
  assert.deepEqual(numbers, [2]);
  execFileSync('e2fsck', ['-fn', filePath], { stdio: 'pipe' });
  assert.match(
    execFileSync('debugfs', ['-R', 'stat /', filePath], { encoding: 'utf8', stdio: 'pipe' }),
    /Mode: {2}01777/,
  );
});

test('bytes that are no ext file system are a bug of the caller', async (context) => {
  const filePath = `${await temporaryDirectory(context)}/zeros`;
  await writeFile(filePath, Buffer.alloc(4096));
  await assert.rejects(rewriteExtInodes({ filePath, offsetBytes: 0, inodes: 'all', rewrite() {} }), {
    message: 'Internal error: not an ext file system',
  });
});
