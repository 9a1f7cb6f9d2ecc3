import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseXfsGeometry } from '../../../src/disk/xfs/geometry.js';
import { takeXfsInodes } from '../../../src/disk/xfs/inode-tree.js';
import { openXfsSpace } from '../../../src/disk/xfs/space.js';
import { missingPrograms } from '../disk-ports.js';
import { temporaryDirectory } from '../temporary-directory.js';

test('inodes that mkfs left free come first, then chunks; many chunks make a tree of two levels', {
  skip: missingPrograms('mkfs.xfs'),
}, async (context) => {
  const path = `${await temporaryDirectory(context)}/xfs`;
  const file = await open(path, 'w');
  await file.truncate(320 * 1024 * 1024);
  await file.close();
  execFileSync('mkfs.xfs', ['-q', '-m', 'rmapbt=0', path], { stdio: 'pipe' });
  const image = await readFile(path);
  const bytes = {
    read: (offsetBytes: number, lengthBytes: number) =>
      Buffer.from(image.subarray(offsetBytes, offsetBytes + lengthBytes)),
    write: (offsetBytes: number, content: Uint8Array) => void image.set(content, offsetBytes),
  };
  const geometry = parseXfsGeometry(image.subarray(0, 512));
  const space = openXfsSpace(geometry, bytes);
  const inodes = takeXfsInodes(geometry, 61 + 300 * 64 - 10, { space, bytes });
  assert.deepEqual(inodes.numbers.slice(0, 2), [131, 132]);
  assert.equal(inodes.numbers[60], 191);
  assert.equal((inodes.numbers[61] ?? 0) % 64, 0);
  assert.equal(new Set(inodes.numbers).size, inodes.numbers.length);
  // 300 chunks of 8 blocks and two leaves beside the root.
  assert.equal(space.takenIn(0), 300 * 8 + 2);
  assert.deepEqual(inodes.write(bytes), { addedCount: 300 * 64, freeCount: 10 });
  const header = bytes.read(2 * 512, 512);
  assert.deepEqual([header.readUInt32BE(16), header.readUInt32BE(24), header.readUInt32BE(28)], [301 * 64, 2, 10]);
  const root = bytes.read(header.readUInt32BE(20) * 4096, 4096);
  assert.deepEqual([root.readUInt16BE(4), root.readUInt16BE(6), root.readUInt32BE(56)], [1, 2, 128]);
  const free = bytes.read(header.readUInt32BE(328) * 4096, 4096);
  assert.deepEqual([free.readUInt16BE(4), free.readUInt16BE(6), free[56 + 7]], [0, 1, 10]);
});
