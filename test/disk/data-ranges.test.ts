import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { readDataRanges } from '../../src/disk/data-ranges.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

test('data of a sparse file is found, holes are not', { skip: missingPrograms('qemu-img') }, async (context) => {
  const filePath = `${await temporaryDirectory(context)}/file`;
  const file = await open(filePath, 'w');
  const sizeBytes = 64 * 1024 * 1024;
  await file.truncate(sizeBytes);
  await file.write(Buffer.alloc(8192, 1), 0, 8192, 32 * 1024 * 1024);
  await file.close();
  const ranges = await readDataRanges({ filePath, sizeBytes }, openDiskPorts());
  assert.deepEqual(ranges, [{ offsetBytes: 32 * 1024 * 1024, sizeBytes: 8192 }]);
});

test('without qemu-img everything counts as data', async () => {
  const ports = openDiskPorts();
  const blind = { ...ports, programs: { ...ports.programs, find: () => undefined } };
  assert.deepEqual(await readDataRanges({ filePath: '/nowhere', sizeBytes: 7 }, blind), [
    { offsetBytes: 0, sizeBytes: 7 },
  ]);
});
