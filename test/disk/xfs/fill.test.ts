import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { scanTree } from '../../../src/disk/scan-tree.js';
import { fillXfs } from '../../../src/disk/xfs/fill.js';
import { missingPrograms } from '../disk-ports.js';
import { temporaryDirectory } from '../temporary-directory.js';

const skip = missingPrograms('mkfs.xfs', 'xfs_repair', 'xfs_db');

// What the kernel reads back is in test/disk/populate-xfs.test.ts; this one needs neither root nor a mount.
test('xfs_repair and xfs_db read what was filled in, as an ordinary user', { skip }, async (context) => {
  const directory = await temporaryDirectory(context);
  const tree = join(directory, 'tree');
  await mkdir(join(tree, 'dir'), { recursive: true });
  await writeFile(join(tree, 'dir/file with blank'), 'x'.repeat(5000));
  await symlink('dir', join(tree, 'link'));
  const path = join(directory, 'xfs');
  const file = await open(path, 'w+');
  await file.truncate(320 * 1024 * 1024);
  execFileSync('mkfs.xfs', ['-q', '-m', 'rmapbt=0', path], { stdio: 'pipe' });
  const attributes = new Map([[join(tree, 'dir'), [{ name: 'user.note', value: Buffer.from('text') }]]]);
  const request = { nodes: await scanTree(tree), attributes, nowMs: 0, sourceDateEpochSeconds: 1_000_000_000 };
  await fillXfs(request, {
    read(offsetBytes, lengthBytes) {
      const bytes = Buffer.alloc(lengthBytes);
      readSync(file.fd, bytes, 0, lengthBytes, offsetBytes);
      return bytes;
    },
    write: (offsetBytes, bytes) => void writeSync(file.fd, bytes, 0, bytes.length, offsetBytes),
  });
  await file.close();
  execFileSync('xfs_repair', ['-n', '-f', path], { stdio: 'pipe' });
  const database = (...commands: readonly string[]) =>
    execFileSync('xfs_db', ['-r', ...commands.flatMap((command) => ['-c', command]), path], { encoding: 'utf8' });
  const listing = database('path /dir', 'ls')
    .split('\n')
    .filter((line) => line !== '');
  assert.deepEqual(
    listing.map((line) => [/\(good\)/.test(line), /file with blank/.test(line)]),
    [
      [true, false],
      [true, false],
      [true, true],
    ],
  );
  assert.match(database('path /dir', 'print'), /name = "note"/);
  assert.match(database('path /link', 'print u3.symlink'), /u3.symlink = "dir"/);
});
