import assert from 'node:assert/strict';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { scanTree } from '../../src/disk/scan-tree.js';
import { temporaryDirectory } from './temporary-directory.js';

test('a walk gives each thing once, sorted by the bytes of the names, with the links that the tree has', async (context) => {
  const tree = await temporaryDirectory(context);
  await mkdir(`${tree}/b`);
  await mkdir(`${tree}/b/inner`);
  await writeFile(`${tree}/a`, 'one');
  await link(`${tree}/a`, `${tree}/b/also a`);
  await symlink('a', `${tree}/Z`);
  await writeFile(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x41])]), 'not UTF-8');
  const nodes = await scanTree(tree);
  assert.deepEqual(
    nodes.map(({ path, linkCount }) => [path.toString('latin1').slice(tree.length), linkCount]),
    [
      ['', 3],
      ['/Z', 1],
      ['/a', 2],
      ['/b', 3],
      ['/b/inner', 2],
      ['/\u00ffA', 1],
    ],
  );
  const [root, , file, directory] = nodes;
  assert.deepEqual(
    root?.children.map(({ name }) => name.toString('latin1')),
    ['Z', 'a', 'b', '\u00ffA'],
  );
  assert.equal(directory?.children[0]?.node, file);
});

test('links from outside the tree do not count', async (context) => {
  const directory = await temporaryDirectory(context);
  await mkdir(`${directory}/tree`);
  await writeFile(`${directory}/outside`, '');
  await link(`${directory}/outside`, `${directory}/tree/inside`);
  const [, inside] = await scanTree(`${directory}/tree`);
  assert.equal(inside?.linkCount, 1);
});
