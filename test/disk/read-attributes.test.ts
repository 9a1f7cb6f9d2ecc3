import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readAttributes } from '../../src/disk/read-attributes.js';
import { missingPrograms, openDiskPorts } from './disk-ports.js';
import { temporaryDirectory } from './temporary-directory.js';

test('attributes are read with odd names and empty values', {
  skip: missingPrograms('setfattr', 'getfattr'),
}, async (context) => {
  const tree = await temporaryDirectory(context);
  const odd = `${tree}/dir/line\nback\\slash =0x`;
  await mkdir(`${tree}/dir`);
  await writeFile(odd, '');
  await writeFile(`${tree}/plain`, '');
  try {
    execFileSync('setfattr', ['-n', 'user.empty', odd], { stdio: 'pipe' });
  } catch {
    context.skip('the file system of the temporary directory stores no attributes');
    return;
  }
  execFileSync('setfattr', ['-n', 'user.a=b', '-v', '0x00ff3d0a', odd]);
  execFileSync('setfattr', ['-n', 'user.tree', '-v', 'text', tree]);
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
  const attributes = await readAttributes(tree, openDiskPorts());
  assert.deepEqual(
    [...attributes].map(([path, list]) => [path, [...list].sort(byName)]),
    [
      [tree, [{ name: 'user.tree', value: Buffer.from('text') }]],
      [
        odd,
        [
          { name: 'user.a=b', value: Buffer.from([0, 0xff, 0x3d, 0x0a]) },
          { name: 'user.empty', value: Buffer.alloc(0) },
        ],
      ],
    ],
  );
});

test('a missing getfattr is an error and not a loss', async () => {
  const ports = openDiskPorts();
  const blind = { ...ports, programs: { ...ports.programs, find: () => undefined } };
  await assert.rejects(readAttributes('/', blind), { code: 'PROGRAM_MISSING', hint: 'install the package attr' });
});
