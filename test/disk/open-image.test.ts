import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { withScope } from '../../src/base/scope.js';
import { openImage } from '../../src/disk/open-image.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

const skip = missingPrograms('qemu-img');

test('a raw and a qcow2 image give the same bytes, zeros beyond the end', { skip }, async (context) => {
  const scratchDirectory = await temporaryDirectory(context);
  const content = Buffer.alloc(200 * 512);
  for (let index = 0; index < content.length; index += 1) content[index] = index % 251;
  await writeFile(`${scratchDirectory}/raw`, content);
  execFileSync('qemu-img', ['convert', '-O', 'qcow2', `${scratchDirectory}/raw`, `${scratchDirectory}/qcow2`]);
  for (const name of ['raw', 'qcow2'])
    await withScope(async (scope) => {
      const imagePath = `${scratchDirectory}/${name}`;
      const { read, sizeBytes } = await openImage({ imagePath, scratchDirectory }, openDiskPorts(), scope);
      assert.equal(sizeBytes, 102_400);
      assert.deepEqual(await read(700, 1000), content.subarray(700, 1700));
      assert.deepEqual(await read(102_300, 200), Buffer.concat([content.subarray(102_300), Buffer.alloc(100)]));
      assert.deepEqual(await read(200_000, 4), Buffer.alloc(4));
    });
});

test('a file that is missing is an error of qemu-img', { skip }, async () => {
  await withScope((scope) =>
    assert.rejects(openImage({ imagePath: '/nowhere', scratchDirectory: '/' }, openDiskPorts(), scope), {
      code: 'COMMAND_FAILED',
    }),
  );
});
