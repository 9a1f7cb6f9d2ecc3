import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  blockAddress512,
  blockOffsetBytes,
  fileSystemBlock,
  inodeOffsetBytes,
  parseXfsGeometry,
  sealXfs,
} from '../../../src/disk/xfs/geometry.js';
import { missingPrograms } from '../disk-ports.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { geometry } from './xfs-values.js';

test('numbers of blocks have gaps between groups, places do not', () => {
  const place = { group: 2, block: 5 };
  assert.equal(fileSystemBlock(geometry, place), 2 * 131_072 + 5);
  assert.equal(blockOffsetBytes(geometry, place), 200_005 * 4096);
  assert.equal(blockAddress512(geometry, place), 1_600_040n);
  assert.equal(inodeOffsetBytes(geometry, 2 * 131_072 * 8 + 5 * 8 + 3), 200_005 * 4096 + 3 * 512);
});

test('what mkfs.xfs made is understood, and its checksum is ours', {
  skip: missingPrograms('mkfs.xfs'),
}, async (context) => {
  const path = `${await temporaryDirectory(context)}/xfs`;
  await writeFile(path, '');
  await truncate(path, 400 * 1024 * 1024);
  execFileSync('mkfs.xfs', ['-q', '-m', 'rmapbt=0,uuid=11111111-2222-4333-8444-555555555555', path], { stdio: 'pipe' });
  const superblock = (await readFile(path)).subarray(0, 512);
  const parsed = parseXfsGeometry(superblock);
  assert.deepEqual(
    [parsed.blockSizeBytes, parsed.inodeSizeBytes, parsed.groupCount * parsed.groupBlocks, parsed.rootInode],
    [4096, 512, 102_400, 128],
  );
  assert.deepEqual(parsed.uuid, geometry.uuid);
  assert.deepEqual(sealXfs(Buffer.from(superblock), 224), superblock);
});

test('version 4 and unknown features are refused together', () => {
  const superblock = Buffer.alloc(512);
  superblock.write('XFSB', 0, 'latin1');
  superblock.writeUInt16BE(4, 100);
  superblock.writeUInt32BE(0x1001, 216);
  assert.throws(() => parseXfsGeometry(superblock), {
    code: 'FILE_SYSTEM_UNSUPPORTED',
    message: 'an XFS with version 4 (crc=0), features 0x1000 cannot be filled in user space',
  });
});
