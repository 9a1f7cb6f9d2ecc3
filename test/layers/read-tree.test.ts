import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDigests, parseReadTree, readDigestsCommand, readTreeCommand } from '../../src/layers/read-tree.js';

test('a tree, its layers and its packages are read back, odd names included', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-read-tree-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const path of ['tree/etc', 'tree/var/lib/dpkg', 'low/etc', 'high/etc', 'none'])
    mkdirSync(`${directory}/${path}`, { recursive: true });
  writeFileSync(`${directory}/tree/etc/a\nb`, 'one');
  symlinkSync('/', `${directory}/tree/etc/root`);
  writeFileSync(`${directory}/tree/var/lib/dpkg/status`, 'Package: a\n');
  writeFileSync(`${directory}/low/etc/a\nb`, 'old');
  writeFileSync(`${directory}/high/etc/a\nb`, 'one');
  const run = ([program = '', ...words]: readonly string[]): string =>
    spawnSync(program, words, { cwd: `${directory}/tree`, encoding: 'utf8' }).stdout;
  const layers = ['low', 'none', 'high'].map((name) => `${directory}/${name}`);
  const read = parseReadTree(run(readTreeCommand(layers)), [4, 5, 6]);
  assert.deepEqual([...read.entries.keys()].sort(), [
    '',
    'etc',
    'etc/a\nb',
    'etc/root',
    'var',
    'var/lib',
    'var/lib/dpkg',
    'var/lib/dpkg/status',
  ]);
  assert.equal(read.entries.get('etc/root')?.linkText, '/');
  assert.equal(read.entries.get('etc/a\nb')?.sizeBytes, 3);
  assert.deepEqual(
    [...read.layerOf],
    [
      ['etc', 6],
      ['etc/a\nb', 6],
    ],
  );
  assert.equal(read.packageStatus, 'Package: a\n');
  assert.deepEqual(
    [...parseDigests(run(readDigestsCommand(['etc/a\nb'])))],
    [['etc/a\nb', '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed']],
  );
});
