import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildDecisions } from '../../src/layers/build-decisions.js';
import { chooseState } from '../../src/layers/choose-state.js';
import type { Decision } from '../../src/layers/layer-record.js';

const decision = (hooks: readonly string[], depth: number, rest: Partial<Decision> = {}): Decision => ({
  phase: 'install',
  hooks,
  outcome: 'run',
  because: [],
  durationMs: 1,
  depth,
  ...rest,
});
const host = (name: string, depth: number): Decision =>
  decision([name], depth, { phase: 'root', because: ['host hooks run each time'] });

const build: BuildDecisions = {
  imagePath: '/w/image',
  startedMs: 0,
  outcome: 'done',
  decisions: [
    host('10-first', 0),
    host('20-second', 0),
    decision(['30-alone'], 2, { layer: 'b' }),
    decision(['40-left', '41-middle', '42-right'], 3, { layer: 'c', outcome: 'reused' }),
    decision(['50-idle'], 3),
    decision(['30-alone'], 4, { phase: 'finalise', layer: 'd' }),
  ],
  stack: ['a', 'b', 'c', 'd', 'e'],
};

const layersOf = (side: 'before' | 'after', hook: string, of = build): readonly string[] =>
  chooseState(of, { side, hook }).layerIds;

test('a hook with a layer of its own has an exact tree before and after it', () => {
  assert.deepEqual(chooseState(build, { side: 'before', hook: 'install.d/30-alone' }), {
    layerIds: ['a'],
    description: 'before install.d/30-alone',
  });
  assert.deepEqual(layersOf('after', 'install/30-alone'), ['a', 'b']);
  assert.deepEqual(layersOf('after', 'finalise.d/30-alone'), ['a', 'b', 'c', 'd']);
});

test('a hook that changed nothing has the same tree before and after it', () => {
  assert.deepEqual(layersOf('before', '50-idle'), ['a', 'b', 'c']);
  assert.deepEqual(layersOf('after', '50-idle'), ['a', 'b', 'c']);
});

test('hooks that share a layer are exact only at its ends', () => {
  assert.deepEqual(chooseState(build, { side: 'before', hook: '40-left' }), {
    layerIds: ['a', 'b'],
    description: 'before install.d/40-left',
  });
  assert.deepEqual(chooseState(build, { side: 'after', hook: '40-left' }), {
    layerIds: ['a', 'b', 'c'],
    description: 'after install.d/40-left',
    note: '40-left, 41-middle, 42-right share a layer: this is the tree after all of them',
  });
  assert.equal(chooseState(build, { side: 'after', hook: '42-right' }).note, undefined);
});

test('what host hooks did is saved before the next hook in the tree', () => {
  assert.deepEqual(chooseState(build, { side: 'before', hook: '10-first' }), {
    layerIds: [],
    description: 'before root.d/10-first',
  });
  assert.deepEqual(layersOf('after', '20-second'), ['a']);
  assert.equal(
    chooseState(build, { side: 'after', hook: '10-first' }).note,
    'what 10-first, 20-second did was saved together: this is the tree after all of them',
  );
});

test('the end of a build is its whole stack, of a failed one what the hook left', () => {
  assert.deepEqual(chooseState(build, { side: 'end' }).layerIds, ['a', 'b', 'c', 'd', 'e']);
  const failed: BuildDecisions = {
    ...build,
    outcome: 'failed',
    decisions: [...build.decisions.slice(0, 3), decision(['60-good', '61-bad'], 2, { outcome: 'failed' })],
    stack: ['a', 'b'],
    failed: { phase: 'install', hook: '61-bad', directory: 'failed/x' },
  };
  const left = {
    layerIds: ['a', 'b'],
    failedDirectory: 'failed/x',
    description: 'as install.d/61-bad left it when it failed',
  };
  assert.deepEqual(chooseState(failed, { side: 'end' }), left);
  assert.deepEqual(chooseState(failed, { side: 'after', hook: '61-bad' }), {
    ...left,
    note: 'with what 60-good did before it',
  });
  assert.deepEqual(chooseState(failed, { side: 'before', hook: '61-bad' }), {
    layerIds: ['a', 'b'],
    description: 'before install.d/61-bad',
    note: 'without what 60-good did: no layer was made of it',
  });
  const onHost = { ...failed, decisions: failed.decisions.slice(0, 3) };
  assert.deepEqual(chooseState(onHost, { side: 'after', hook: 'install.d/61-bad' }), left);
  assert.deepEqual(layersOf('before', '61-bad', onHost), ['a', 'b']);
});

test('a hook that is not there or there several times is a fault that names what is', () => {
  assert.throws(() => layersOf('after', 'nothing'), {
    code: 'USAGE',
    message: 'the last build of /w/image ran no hook nothing',
    hint: 'it ran root.d/10-first, root.d/20-second, install.d/30-alone, install.d/40-left, install.d/41-middle, install.d/42-right, install.d/50-idle, finalise.d/30-alone',
  });
  assert.throws(() => layersOf('after', '30-alone'), {
    code: 'USAGE',
    message: 'several hooks are called 30-alone: install.d/30-alone, finalise.d/30-alone',
  });
});
