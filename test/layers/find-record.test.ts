import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRecord, type RecordSearch } from '../../src/layers/find-record.js';
import { gatherInputs, type InputSources } from '../../src/layers/gather-inputs.js';
import type { Layer, UnitRecord } from '../../src/layers/layer-record.js';
import { openScriptViews } from '../../src/layers/script-views.js';
import { fakeRun, fakeWatch } from './fake-steps.js';
import { noTexts } from './no-texts.js';

const files = new Map([
  ['install.d/10-a', 'echo a'],
  ['install.d/20-b', 'echo b'],
  ['data/x', 'x'],
]);
const sources: InputSources = {
  watch: fakeWatch(files),
  scriptOf: openScriptViews(fakeWatch(files)),
  phase: 'install',
  environment: {},
  salt: 's',
  everRead: new Set(),
  mounts: {},
  kernel: '6',
  isDeclared: false,
  placeVariables: [],
  declared: {},
  digestOfArchive: async () => 'archive as it is now',
};

const digestOfHook = ({ name }: { readonly name: string }): string => `digest of ${name}`;
const hook = (name: string) => ({ name, element: 'own', digest: digestOfHook({ name }) });
const layer = (id: string): Layer => ({
  id,
  contentDigest: id,
  tableDigest: '',
  sizeBytes: 0,
  entryCount: 0,
  hasRootAttributes: false,
  bootId: '',
});

async function record(hooks: readonly string[], given: Partial<UnitRecord> = {}): Promise<UnitRecord> {
  const names = {
    files: [...hooks.map((name) => `install.d/${name}`), 'data/x'],
    listings: [],
    archives: ['http://a'],
  };
  return {
    id: hooks.join(),
    parent: 'p',
    phase: 'install',
    place: 'chroot',
    hooks: hooks.map(hook),
    inputs: await gatherInputs(names, sources),
    layer: { id: `layer of ${hooks.join()}`, contentDigest: 'c' },
    durationMs: 1,
    createdMs: 1000,
    ...given,
  };
}

/** How the search ends: the record and layer that were found, or why there is none. */
async function search(records: readonly UnitRecord[], given: Partial<RecordSearch> = {}): Promise<unknown> {
  const found = await findRecord({
    run: fakeRun(['10-a', '20-b', '30-c']),
    records,
    sources,
    digestOfHook,
    isTrusted: false,
    nowMs: 2000,
    layersBelow: [],
    findLayer: async (id) => layer(id),
    texts: noTexts,
    ...given,
  });
  return found !== undefined && 'record' in found ? `${found.record.id}: ${found.layer?.id ?? 'no layer'}` : found;
}

test('the record of the most hooks that come next is taken', async () => {
  const records = [await record(['10-a']), await record(['10-a', '20-b']), await record(['10-a', '20-b', '40-d'])];
  assert.equal(await search(records), '10-a,20-b: layer of 10-a,20-b');
  assert.equal(await search([]), undefined);
});

test('a record of hooks that changed nothing needs no layer', async () => {
  const { layer: _, ...plain } = await record(['10-a']);
  assert.equal(await search([plain], { findLayer: async () => undefined }), '10-a: no layer');
});

test('what keeps a record from being used is told, by the one that comes nearest', async () => {
  const one = await record(['10-a']);
  assert.deepEqual(await search([one], { digestOfHook: () => 'other' }), [
    'file install.d/10-a of element own changed',
  ]);
  assert.deepEqual(await search([await record(['15-new'])]), ['hook 10-a comes where 15-new came']);
  assert.deepEqual(await search([one], { sources: { ...sources, digestOfArchive: async () => 'newer' } }), [
    'archive http://a changed',
  ]);
  assert.deepEqual(await search([one], { layersBelow: ['layer of 10-a'] }), ['its layer is in use below already']);
  assert.deepEqual(await search([one], { findLayer: async () => undefined }), ['its layer is no longer in the store']);
  const twoFaults = await record(['15-new', '20-b', '35-new']);
  assert.deepEqual(await search([twoFaults, one], { layersBelow: ['layer of 10-a'] }), [
    'its layer is in use below already',
  ]);
});

test('a record that grew too old is not used, unless the store is trusted', async () => {
  const old = await record(['10-a'], { maximumAgeMs: 500 });
  assert.deepEqual(await search([old]), ['it used the network, and is older than 0 h']);
  assert.equal(await search([old], { nowMs: 1400 }), '10-a: layer of 10-a');
  // From a clock that was ahead.
  assert.deepEqual(await search([old], { nowMs: 900 }), ['it used the network, and is older than 0 h']);
  const trusted = { isTrusted: true, sources: { ...sources, digestOfArchive: async () => 'newer' } };
  assert.equal(await search([old], trusted), '10-a: layer of 10-a');
});
