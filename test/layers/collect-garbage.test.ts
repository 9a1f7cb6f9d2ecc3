import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectGarbage } from '../../src/layers/collect-garbage.js';
import type { UnitRecord } from '../../src/layers/layer-record.js';
import { openLayerStore } from '../../src/layers/layer-store.js';
import { openTestPorts } from '../helpers/ports.js';

test('old trees of failed builds go, young ones stay; a store that is not there is empty', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-garbage-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const collect = (failedBeforeMs: number) =>
    collectGarbage({
      storeDirectory: directory,
      limitBytes: 0,
      failedBeforeMs,
      removeTrees: async (paths) => {
        for (const path of paths) rmSync(path, { recursive: true });
      },
    });
  assert.deepEqual(await collect(0), { removed: [], keptBytes: 0 });
  mkdirSync(`${directory}/failed/old`, { recursive: true });
  mkdirSync(`${directory}/failed/young`);
  utimesSync(`${directory}/failed/old`, 10, 10);
  await collect(20_000);
  assert.equal(existsSync(`${directory}/failed/old`), false);
  assert.equal(existsSync(`${directory}/failed/young`), true);
});

const record = (parent: string): Omit<UnitRecord, 'id'> => ({
  parent,
  phase: 'install',
  place: 'chroot',
  hooks: [],
  inputs: { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} },
  durationMs: 1,
  createdMs: 2,
});

test('what another build is writing at the moment stays, whatever lies beside it', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-garbage-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const base = `${directory}/records/state/install`;
  mkdirSync(`${base}/young.json.AbCdEf`, { recursive: true });
  mkdirSync(`${base}/old.json.AbCdEf`);
  utimesSync(`${base}/old.json.AbCdEf`, 10, 10);
  writeFileSync(`${base}/dead.json`, '{"layer":{"id":"gone"}}');
  const collect = () =>
    collectGarbage({
      storeDirectory: directory,
      limitBytes: 0,
      failedBeforeMs: 20_000,
      removeTrees: async (paths) => {
        for (const path of paths) rmSync(path, { recursive: true });
      },
    });
  await collect();
  assert.deepEqual(readdirSync(base), ['young.json.AbCdEf']);
  rmSync(`${base}/young.json.AbCdEf`, { recursive: true });
  writeFileSync(`${base}/dead.json`, '{"layer":{"id":"gone"}}');
  await collect();
  assert.deepEqual(readdirSync(`${directory}/records`), []);
});

test('records can be saved while garbage is collected again and again', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-garbage-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const { programs } = openTestPorts();
  const store = await openLayerStore({
    directory,
    programs,
    warn: assert.fail,
    newSalt: () => 'salt',
    bootId: 'boot',
  });
  let isSaving = true;
  const collectAll = async (): Promise<void> => {
    for (let round = 0; isSaving; round += 1) {
      // Something to remove each time, in a state of its own.
      const base = `${store.directory}/records/dead-${round}/install`;
      mkdirSync(base, { recursive: true });
      writeFileSync(`${base}/dead.json`, '{"layer":{"id":"gone"}}');
      await collectGarbage({
        storeDirectory: store.directory,
        limitBytes: 0,
        failedBeforeMs: 0,
        removeTrees: async (paths) => {
          for (const path of paths) rmSync(path, { recursive: true, force: true });
        },
      });
    }
  };
  const collecting = Promise.all([collectAll(), collectAll()]);
  for (let round = 0; round < 40; round += 1)
    await Promise.all(Array.from({ length: 8 }, (_, index) => store.saveRecord(record(`state-${round}-${index}`))));
  isSaving = false;
  await collecting;
  const saved = readdirSync(`${store.directory}/records`).filter((name) => name.startsWith('state-'));
  assert.equal(saved.length, 320);
  for (const name of saved) assert.equal((await store.records(name, 'install')).length, 1, name);
});
