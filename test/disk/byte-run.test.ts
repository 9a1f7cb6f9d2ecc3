import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { writeRuns } from '../../src/disk/byte-run.js';
import { temporaryDirectory } from './temporary-directory.js';

test('runs are written at their places and leave the rest', async (context) => {
  const path = `${await temporaryDirectory(context)}/file`;
  const file = await open(path, 'w+');
  await file.write('abcdefgh');
  await writeRuns(file, [
    { offsetBytes: 6, bytes: Buffer.from('XYZ') },
    { offsetBytes: 1, bytes: Buffer.from('12') },
  ]);
  await file.close();
  assert.equal(await readFile(path, 'utf8'), 'a12defXYZ');
});
