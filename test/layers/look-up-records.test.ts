import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HookDeclaration } from '../../src/layers/cache-declaration.js';
import { gatherInputs } from '../../src/layers/gather-inputs.js';
import type { UnitRecord } from '../../src/layers/layer-record.js';
import { digestAfter } from '../../src/layers/layer-stack.js';
import { lookUpRecords, mayBeKept, type RecordsLookUp, runAfter } from '../../src/layers/look-up-records.js';
import { openStepInputs } from '../../src/layers/step-inputs.js';
import { fakeRun, fakeWatch, pure } from './fake-steps.js';
import { noTexts } from './no-texts.js';

const names = ['10-a', '20-b', '30-c'];
const inputs = openStepInputs({
  treeDirectory: '/nonexistent',
  watch: fakeWatch(new Map(names.map((name) => [`install.d/${name}`, `echo ${name}`]))),
  salt: 's',
  kernel: '6',
  engineDigest: 'engine',
  resolveDeclared: async () => ({ digests: {} }),
  stateOfArchive: async () => ({ digest: 'archive', isKnown: true, modifiedMs: 0 }),
});

/** A record of one hook with a layer of its own, on a state. */
async function record(name: string, parent: string): Promise<UnitRecord> {
  const run = fakeRun([name]);
  const seen = { mounts: {}, declaration: undefined, declared: { digests: {} }, everRead: new Set<string>() };
  const files = inputs.filesOf(run, { files: [] }, 1);
  return {
    id: name,
    parent,
    phase: 'install',
    place: 'chroot',
    hooks: run.hooks.map((hook) => ({ ...hook, digest: inputs.digestOfHook(hook) })),
    inputs: await gatherInputs({ files, listings: [], archives: [] }, inputs.sourcesOf(run, seen)),
    layer: { id: `layer of ${name}`, contentDigest: name },
    durationMs: 1,
    createdMs: 1000,
  };
}

/** A record of each hook, each on what the one before it left. */
async function chain(): Promise<readonly UnitRecord[]> {
  const records: UnitRecord[] = [];
  let state = 'start';
  for (const name of names) {
    records.push(await record(name, state));
    state = digestAfter(state, { contentDigest: name }) ?? '';
  }
  return records;
}

async function lookUp(records: readonly UnitRecord[], given: Partial<RecordsLookUp> = {}): Promise<unknown> {
  const found = await lookUpRecords({
    run: fakeRun(names),
    isTrusted: false,
    nowMs: 2000,
    findLayer: async (id) => ({
      id,
      contentDigest: id,
      tableDigest: '',
      sizeBytes: 0,
      entryCount: 0,
      hasRootAttributes: false,
      bootId: '',
    }),
    texts: noTexts,
    store: { records: async (parent) => records.filter((one) => one.parent === parent) },
    inputs,
    declarationOf: () => undefined,
    state: 'start',
    mounts: {},
    everRead: new Set(),
    layersBelow: [],
    ...given,
  });
  return [found.records.map(({ record: { id } }) => id), found.because];
}

test('records are followed from state to state, as far as they go', async () => {
  const [first, second, third] = await chain();
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  assert.deepEqual(await lookUp([third, first, second]), [names, []]);
  assert.deepEqual(await lookUp([first, third]), [['10-a'], []], 'nothing is known on what 10-a left');
  assert.deepEqual(await lookUp([first, second], { layersBelow: ['layer of 20-b'] }), [
    ['10-a'],
    ['its layer is in use below already'],
  ]);
  assert.deepEqual(await lookUp([]), [[], []]);
});

test('a hook that is never kept ends it, and one that does something beside the tree', async () => {
  const records = await chain();
  const declares = (declaration: HookDeclaration) => ({
    declarationOf: ({ hooks }: { readonly hooks: readonly { readonly name: string }[] }) =>
      hooks[0]?.name === '20-b' ? declaration : undefined,
  });
  assert.deepEqual(await lookUp(records, declares({ ...pure, isNever: true })), [['10-a'], []]);
  assert.deepEqual(await lookUp(records, declares({ ...pure, afterReuse: 'mount' })), [['10-a', '20-b'], []]);
});

test('hooks in the tree may be kept unless told otherwise, those on the host when they are pure', () => {
  const [inside, onHost] = [fakeRun(['10-a']), fakeRun(['10-a'], { place: 'host' })];
  assert.deepEqual(
    [undefined, pure, { ...pure, isNever: true }].map((declaration) => mayBeKept(inside, declaration)),
    [true, true, false],
  );
  assert.deepEqual(
    [undefined, pure, { ...pure, isNever: true }].map((declaration) => mayBeKept(onHost, declaration)),
    [false, true, false],
  );
  assert.deepEqual(
    runAfter(fakeRun(names), 2).hooks.map((hook) => hook.name),
    ['30-c'],
  );
});
