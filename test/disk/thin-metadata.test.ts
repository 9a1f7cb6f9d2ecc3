import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncate, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { encodeThinMetadata, type ThinPoolContent } from '../../src/disk/thin-metadata.js';
import { missingPrograms } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;
const skip = missingPrograms('thin_check', 'thin_dump');

const pool: ThinPoolContent = {
  name: 'pool',
  metadataSizeBytes: 8 * mebibyte,
  dataSizeBytes: 4096 * mebibyte,
  chunkSizeBytes: 64 * 1024,
  transactionId: 3,
  volumes: [
    { deviceId: 1, firstChunk: 0, chunkCount: 700 },
    { deviceId: 2, firstChunk: 700, chunkCount: 0 },
    { deviceId: 3, firstChunk: 700, chunkCount: 64_836 },
  ],
};

async function write(context: TestContext, content: ThinPoolContent): Promise<string> {
  const path = `${await temporaryDirectory(context)}/tmeta`;
  await writeFile(path, encodeThinMetadata(content));
  await truncate(path, content.metadataSizeBytes);
  return path;
}

test('thin_check finds no fault in a full pool with trees of three levels, thin_dump gives the mappings', {
  skip,
}, async (context) => {
  const path = await write(context, pool);
  execFileSync('thin_check', [path], { stdio: 'pipe' });
  const lines = execFileSync('thin_dump', [path], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim());
  assert.deepEqual(
    lines.filter((line) => line !== ''),
    [
      '<superblock uuid="" time="0" transaction="3" flags="0" version="2" data_block_size="128" nr_data_blocks="65536">',
      '<device dev_id="1" mapped_blocks="700" transaction="0" creation_time="0" snap_time="0">',
      '<range_mapping origin_begin="0" data_begin="0" length="700" time="0"/>',
      '</device>',
      '<device dev_id="2" mapped_blocks="0" transaction="1" creation_time="0" snap_time="0">',
      '</device>',
      '<device dev_id="3" mapped_blocks="64836" transaction="2" creation_time="0" snap_time="0">',
      '<range_mapping origin_begin="0" data_begin="700" length="64836" time="0"/>',
      '</device>',
      '</superblock>',
    ],
  );
});

test('an empty pool passes, too', { skip }, async (context) => {
  const path = await write(context, { ...pool, volumes: [], metadataSizeBytes: 80 * mebibyte });
  execFileSync('thin_check', [path], { stdio: 'pipe' });
});

test('metadata that does not fit is told with its numbers', () => {
  assert.throws(() => encodeThinMetadata({ ...pool, metadataSizeBytes: mebibyte }), {
    code: 'LAYOUT_TOO_SMALL',
    message: 'the metadata of thin pool "pool" takes 279 blocks of 4096 bytes, its volume has 256',
  });
});
