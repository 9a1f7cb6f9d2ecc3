import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { collectGarbage, listLayers } from '../../src/layers/collect-garbage.js';
import type { UnitRecord } from '../../src/layers/layer-record.js';
import { type LayerStore, openLayerStore } from '../../src/layers/layer-store.js';
import { openTestPorts } from '../helpers/ports.js';

async function open(
  context: TestContext,
  bootId = 'boot-1',
): Promise<{ store: LayerStore; warnings: string[]; root: string }> {
  const root = mkdtempSync(join(tmpdir(), 'dib-store-'));
  context.after(() => rmSync(root, { recursive: true }));
  const warnings: string[] = [];
  return { store: await reopen(root, warnings, bootId), warnings, root };
}

function reopen(root: string, warnings: string[], bootId: string): Promise<LayerStore> {
  const { programs } = openTestPorts();
  return openLayerStore({
    directory: root,
    programs,
    warn: (text) => warnings.push(text),
    newSalt: () => 'salt',
    bootId,
  });
}

async function publish(store: LayerStore, content: string, taken: readonly string[] = []) {
  const partial = await store.makePartial();
  mkdirSync(`${partial}/upper/etc`, { recursive: true });
  writeFileSync(`${partial}/upper/etc/file`, content);
  return store.publish(partial, { taken });
}

const record = (layerId: string): Omit<UnitRecord, 'id'> => ({
  parent: 'p',
  phase: 'install',
  place: 'chroot',
  hooks: [{ name: '10-a', element: 'e', digest: 'd' }],
  inputs: { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} },
  layer: { id: layerId, contentDigest: 'c' },
  durationMs: 1,
  createdMs: 2,
});

test('the same content is the same layer, whatever the times', async (context) => {
  const { store } = await open(context);
  const one = await publish(store, 'one');
  const again = await publish(store, 'one');
  const other = await publish(store, 'other');
  assert.equal(again.id, one.id);
  assert.notEqual(other.id, one.id);
  assert.equal(readFileSync(`${store.treeOf(one.id)}/etc/file`, 'utf8'), 'one');
  assert.equal((await listLayers(store.directory)).length, 2);
});

test('a layer that lies below already gets a name of its own', async (context) => {
  const { store } = await open(context);
  const one = await publish(store, 'one');
  const second = await publish(store, 'one', [one.id]);
  assert.equal(second.id, `${one.id}-2`);
  assert.equal(second.contentDigest, one.contentDigest);
});

test('a changed file is found and the layer removed', async (context) => {
  const { store, warnings } = await open(context);
  const { id } = await publish(store, 'one');
  assert.equal((await store.find(id))?.id, id);
  writeFileSync(`${store.treeOf(id)}/etc/file`, 'longer');
  assert.equal(await store.find(id), undefined);
  assert.equal(warnings.length, 1);
  assert.deepEqual(readdirSync(`${store.directory}/layers`), []);
});

test('after a start of the machine contents are read once, so that lost writes show', async (context) => {
  const { store, warnings, root } = await open(context);
  const { id } = await publish(store, 'one');
  const path = `${store.treeOf(id)}/etc/file`;
  const later = await reopen(root, warnings, 'boot-2');
  assert.equal((await later.find(id))?.id, id);
  // The same size and time, other bytes: only reading finds it, and this start has read already.
  utimesSync(path, 1, 1);
  const { id: other } = await publish(store, 'two');
  const otherPath = `${store.treeOf(other)}/etc/file`;
  utimesSync(otherPath, 5, 5);
  assert.equal(await store.find(other), undefined);
  assert.equal(warnings.length, 1);
});

test('a record comes back; a torn one counts as none', async (context) => {
  const { store } = await open(context);
  const saved = await store.saveRecord(record('x'));
  assert.deepEqual(await store.records('p', 'install'), [saved]);
  assert.deepEqual(await store.records('p', 'finalise'), []);
  const path = `${store.directory}/records/p/install/${saved.id}.json`;
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, -20));
  assert.deepEqual(await store.records('p', 'install'), []);
});

test('garbage goes oldest first, leased layers and what is below the limit stay', async (context) => {
  const { store } = await open(context);
  const [a, b, c] = [await publish(store, 'a'), await publish(store, 'b'), await publish(store, 'c')];
  for (const [index, layer] of [a, b, c].entries())
    utimesSync(`${store.directory}/layers/${layer.id}/layer.json`, 100 + index, 100 + index);
  await store.saveRecord(record(b.id));
  writeFileSync(`${store.directory}/leases/running`, `layer ${a.id}\n`);
  const report = await collectGarbage({
    storeDirectory: store.directory,
    limitBytes: c.sizeBytes + a.sizeBytes,
    failedBeforeMs: 0,
    removeTrees: async (paths) => {
      for (const path of paths) rmSync(path, { recursive: true });
    },
  });
  assert.deepEqual(
    report.removed.map(({ layer }) => layer.id),
    [b.id],
  );
  assert.deepEqual(
    (await listLayers(store.directory)).map(({ layer }) => layer.id),
    [a.id, c.id],
  );
  assert.deepEqual(await store.records('p', 'install'), []);
});

test('the salt is made once, also by stores opened at the same moment, and again when it is empty', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-store-'));
  context.after(() => rmSync(root, { recursive: true }));
  const { programs } = openTestPorts();
  let count = 0;
  const openOne = (): Promise<LayerStore> =>
    openLayerStore({
      directory: root,
      programs,
      warn: () => undefined,
      newSalt: () => {
        count += 1;
        return `salt ${count}`;
      },
      bootId: 'boot',
    });
  const salts = (await Promise.all(Array.from({ length: 8 }, openOne))).map((store) => store.salt);
  assert.equal(new Set(salts).size, 1, salts.join());
  writeFileSync(`${root}/v1/salt`, '');
  assert.match((await openOne()).salt, /^salt \d+$/);
  assert.deepEqual(
    readdirSync(`${root}/v1`).filter((name) => name.startsWith('salt')),
    ['salt'],
  );
});

test('the same record can be written by many at once', async (context) => {
  const { store } = await open(context);
  const layer = await publish(store, 'one');
  const records = await Promise.all(Array.from({ length: 8 }, () => store.saveRecord(record(layer.id))));
  assert.equal(new Set(records.map(({ id }) => id)).size, 1);
  assert.equal((await store.records('p', 'install')).length, 1);
  assert.equal(readdirSync(`${store.directory}/records/p/install`).length, 1);
});
