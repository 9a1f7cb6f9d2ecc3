import assert from 'node:assert/strict';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { copyIntoRegions } from '../../src/disk/copy-into-regions.js';
import { temporaryDirectory } from './temporary-directory.js';

const mebibyte = 1024 * 1024;

test('a file is spread over regions of two images, and its holes stay holes', async (context) => {
  const directory = await temporaryDirectory(context);
  const source = await open(`${directory}/source`, 'w');
  await source.truncate(6 * mebibyte);
  await source.write(Buffer.from('first'), 0, 5, 0);
  await source.write(Buffer.from('across'), 0, 6, 2 * mebibyte - 3);
  await source.write(Buffer.from('last'), 0, 4, 6 * mebibyte - 4);
  await source.close();
  for (const name of ['one', 'two']) {
    const file = await open(`${directory}/${name}`, 'w');
    await file.truncate(8 * mebibyte);
    await file.close();
  }
  await copyIntoRegions({
    sourcePath: `${directory}/source`,
    regions: [
      { filePath: `${directory}/one`, offsetBytes: 3 * mebibyte, sizeBytes: 2 * mebibyte },
      { filePath: `${directory}/two`, offsetBytes: mebibyte, sizeBytes: 4 * mebibyte },
    ],
    ranges: [
      { offsetBytes: 0, sizeBytes: 4096 },
      { offsetBytes: mebibyte, sizeBytes: 5 * mebibyte },
    ],
  });
  const [one, two] = await Promise.all(['one', 'two'].map((name) => readFile(`${directory}/${name}`)));
  assert.equal(one?.toString('latin1', 3 * mebibyte, 3 * mebibyte + 5), 'first');
  assert.equal(one?.toString('latin1', 5 * mebibyte - 3, 5 * mebibyte), 'acr');
  assert.equal(two?.toString('latin1', mebibyte, mebibyte + 3), 'oss');
  assert.equal(two?.toString('latin1', 5 * mebibyte - 4, 5 * mebibyte), 'last');
  const { blocks } = await stat(`${directory}/one`);
  assert.equal(blocks * 512 <= 64 * 1024, true, `${blocks} blocks`);
});

test('data between pages that are zeros is kept whole', async (context) => {
  const directory = await temporaryDirectory(context);
  const content = Buffer.alloc(20_000);
  content.fill(7, 4096, 12_300);
  await writeFile(`${directory}/source`, content);
  await writeFile(`${directory}/target`, Buffer.alloc(30_000));
  await copyIntoRegions({
    sourcePath: `${directory}/source`,
    regions: [{ filePath: `${directory}/target`, offsetBytes: 5000, sizeBytes: 20_000 }],
    ranges: [{ offsetBytes: 0, sizeBytes: 20_000 }],
  });
  assert.deepEqual((await readFile(`${directory}/target`)).subarray(5000, 25_000), content);
});
