import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveState } from '../../src/layers/release-file.js';
import { openStepInputs, type StepInputsOptions } from '../../src/layers/step-inputs.js';
import { makeRecord, type OpenUnit, readNetworkUse } from '../../src/layers/unit-record.js';
import { fakeRun, fakeWatch, pure } from './fake-steps.js';

const watch = fakeWatch(
  new Map([
    ['install.d/10-plain', 'echo plain > /made'],
    ['install.d/10-packages', 'install-packages tree'],
    ['install.d/10-fetches', 'install-packages tree; curl http://a.test/file'],
  ]),
);

function unitOf(name: string, given: Partial<OpenUnit> = {}): OpenUnit & { readonly parent: string } {
  return {
    run: fakeRun([name]),
    hooks: [{ name, element: 'own', digest: 'd' }],
    mounts: {},
    declaration: undefined,
    declared: { digests: {} },
    everRead: new Set(),
    surroundings: { mounts: {}, mountPoints: '', devices: '' },
    archives: ['http://a'],
    networkUse: 3,
    startedMs: 1000,
    because: [],
    releaseLock: undefined,
    durationMs: 5,
    ...given,
    parent: 'state',
  };
}

async function make(
  unit: OpenUnit & { readonly parent: string },
  state: Partial<ArchiveState> = {},
  isTrusted = false,
): Promise<Awaited<ReturnType<typeof makeRecord>>> {
  const stateOfArchive: StepInputsOptions['stateOfArchive'] = async () => ({
    digest: 'release',
    isKnown: true,
    modifiedMs: 0,
    ...state,
  });
  const inputs = openStepInputs({
    treeDirectory: '/nonexistent',
    watch,
    salt: 's',
    kernel: '6',
    engineDigest: 'engine',
    resolveDeclared: async () => ({ digests: {} }),
    stateOfArchive,
  });
  const options = { inputs, stateOfArchive, networkUseNow: 3, isTrusted, maximumAgeMs: 7000 };
  return makeRecord(unit, { files: [], listings: [] }, undefined, options);
}

/** How long the record may be used, and the archives that it depends on. */
async function summarize(...words: Parameters<typeof make>): Promise<unknown> {
  const made = await make(...words);
  return 'hooks' in made ? [made.maximumAgeMs, made.inputs.archives] : made;
}

test('a record holds what ran, on what, and what it read', async () => {
  const made = await make(unitOf('10-plain'));
  assert.ok('hooks' in made);
  const { parent, phase, hooks, durationMs, createdMs, layer, inputs } = made;
  assert.deepEqual([parent, phase, durationMs, createdMs, layer], ['state', 'install', 5, 1000, undefined]);
  assert.deepEqual(hooks, [{ name: '10-plain', element: 'own', digest: 'd' }]);
  assert.deepEqual(Object.keys(inputs.files), ['install.d/10-plain']);
});

test('archives count for hooks that use packages, and for those that declare them', async () => {
  assert.deepEqual(await summarize(unitOf('10-plain')), [undefined, {}]);
  assert.deepEqual(await summarize(unitOf('10-packages')), [undefined, { 'http://a': 'release' }]);
  const declared = { digests: {}, archives: ['http://b'] };
  assert.deepEqual(await summarize(unitOf('10-plain', { declared, archives: [] })), [
    undefined,
    { 'http://b': 'release' },
  ]);
});

test('the network ages a record, unless known archives explain it', async () => {
  const connected = { networkUse: 2 };
  assert.deepEqual(await summarize(unitOf('10-plain', connected)), [7000, {}]);
  const known = { 'http://a': 'release' };
  assert.deepEqual(await summarize(unitOf('10-packages', connected)), [undefined, known]);
  assert.deepEqual(await summarize(unitOf('10-packages', connected), { isKnown: false }), [7000, known]);
  assert.deepEqual(await summarize(unitOf('10-fetches', connected)), [7000, known]);
  const daily = { ...pure, maximumAgeMs: 100 };
  assert.deepEqual(await summarize(unitOf('10-plain', { declaration: daily })), [100, {}]);
});

test('an archive that changed meanwhile prevents it, unless the caller trusts the store', async () => {
  const unit = unitOf('10-packages');
  assert.deepEqual(await summarize(unit, { modifiedMs: 1000 }), ['http://a changed meanwhile']);
  assert.deepEqual(await summarize(unit, { modifiedMs: 1000 }, true), [undefined, { 'http://a': 'release' }]);
});

test('connections of the host are counted', async () => {
  assert.ok(Number.isInteger(await readNetworkUse()));
});
