import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  describeSurroundingChanges,
  readForeignMounts,
  readSurroundings,
  type SurroundingsOptions,
} from '../../src/layers/tree-surroundings.js';

/** A tree with something mounted at each place, by word of the table of mounts. */
function openTree(context: TestContext, places: readonly string[]): SurroundingsOptions {
  const directory = mkdtempSync(join(tmpdir(), 'dib-surroundings-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const [treeDirectory, kernelDirectory] = [`${directory}/tree`, `${directory}/kernel`];
  mkdirSync(`${kernelDirectory}/dev`, { recursive: true });
  for (const place of places) mkdirSync(`${treeDirectory}${place}`, { recursive: true });
  return {
    workspace: { treeDirectory, kernelDirectory },
    tree: { mountsBelow: async () => places.map((place) => `${treeDirectory}${place}`) },
    ownMounts: () => [['/dib/kernel/proc', `${treeDirectory}/proc`]],
    cacheMounts: ['/var/cache/apt/archives'],
  };
}

test('what others mounted counts; what the engine mounted does not, nor what is declared a cache', async (context) => {
  const options = openTree(context, ['/proc', '/var/cache/apt/archives', '/mnt/data']);
  const before = await readSurroundings(options);
  assert.deepEqual(Object.keys(before.mounts ?? {}), ['/mnt/data']);
  const { treeDirectory } = options.workspace;
  for (const place of ['/proc', '/var/cache/apt/archives']) writeFileSync(`${treeDirectory}${place}/new`, '');
  assert.deepEqual(describeSurroundingChanges(before, await readSurroundings(options)), []);
  writeFileSync(`${treeDirectory}/mnt/data/new`, '');
  assert.notDeepEqual(await readForeignMounts(options), before.mounts);
  assert.deepEqual(describeSurroundingChanges(before, await readSurroundings(options)), [
    'it changed what is mounted below the tree',
  ]);
});

test('what is left in the devices of all hooks is told', async (context) => {
  const options = openTree(context, []);
  const before = await readSurroundings(options);
  writeFileSync(`${options.workspace.kernelDirectory}/dev/left`, '');
  const now = await readSurroundings(options);
  assert.deepEqual(describeSurroundingChanges(before, now), ['it left something in /dev']);
  assert.deepEqual(describeSurroundingChanges(before, { ...now, mountPoints: '/dib/build/mnt/mnt' }), [
    'it changed what is mounted',
    'it left something in /dev',
  ]);
});
