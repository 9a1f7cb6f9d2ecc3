import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CauseOptions, findCauses } from '../../src/layers/find-causes.js';
import type { StepTrace, UnitInputs } from '../../src/layers/layer-record.js';
import { fakeRun } from './fake-steps.js';
import { noTexts } from './no-texts.js';

const inputs: UnitInputs = { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} };
const step = (name: string, states: Partial<StepTrace>): StepTrace => ({
  phase: 'install',
  hooks: [{ name, element: 'own', digest: name }],
  inputs,
  notKept: [],
  ...states,
});
const options = (given: Partial<CauseOptions> & { readonly hooks: readonly string[] }): CauseOptions => ({
  run: fakeRun(given.hooks),
  state: 'a',
  earlier: [],
  steps: [],
  inputsNow: async (base) => base.inputs,
  digestOfHook: (hook) => hook.name,
  digestOfFile: () => 'absent',
  isExplained: () => true,
  texts: noTexts,
  ...given,
});

test('without an earlier build, or with nothing changed, there is no cause', async () => {
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'] })), []);
  const earlier = [step('10-a', { before: 'a', after: 'b' })];
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'], earlier })), []);
});

test('a hook that is new, changed, or was not kept is told', async () => {
  const earlier = [step('10-a', { before: 'a', after: 'b', notKept: ['it left something in /dev'] })];
  assert.deepEqual(await findCauses(options({ hooks: ['20-b'], earlier })), [
    'hook install.d/20-b of element own is new',
  ]);
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'], earlier, digestOfHook: () => 'other' })), [
    'file install.d/10-a of element own changed',
  ]);
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'], earlier })), [
    'not kept last time: it left something in /dev',
  ]);
});

test('a changed file is the cause, not the variables that it names now', async () => {
  const earlier = [
    step('10-a', { before: 'a', inputs: { ...inputs, files: { 'data/x': '1' }, variables: { V: '1' } } }),
  ];
  const now = { ...inputs, files: { 'data/x': '2' }, variables: { W: '1' } };
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'], earlier, inputsNow: async () => now })), [
    'file data/x of element own changed',
  ]);
});

test('a directory that was listed and could be asked for names is told once', async () => {
  const read = (digest: string): UnitInputs => ({
    ...inputs,
    listings: { 'install.d': digest },
    names: { install: digest },
  });
  const earlier = [step('10-a', { before: 'a', inputs: read('1') })];
  assert.deepEqual(await findCauses(options({ hooks: ['10-a'], earlier, inputsNow: async () => read('2') })), [
    'names in install.d changed',
  ]);
});

test('another tree is put down to the step that left it, or to the hook that is gone', async () => {
  const earlier = [step('10-a', { before: '0', after: 'x' }), step('20-b', { before: 'x', after: 'y' })];
  assert.deepEqual(
    await findCauses(options({ hooks: ['20-b'], earlier, steps: [step('10-a', { before: '0', after: 'a' })] })),
    ['it never ran on the tree that install.d/10-a left now'],
  );
  assert.deepEqual(await findCauses(options({ hooks: ['20-b'], earlier })), [
    'hook install.d/10-a of element own is gone',
  ]);
});

test('a tree that differs though every step left the same is the work of the engine', async () => {
  const earlier = [step('10-a', { before: '0', after: 'x' }), step('20-b', { before: 'z', after: 'y' })];
  assert.deepEqual(
    await findCauses(options({ hooks: ['20-b'], earlier, steps: [step('10-a', { before: '0', after: 'x' })] })),
    ['what the engine itself put into the tree changed'],
  );
});

test('a script that earlier steps read changed: it is the cause, not the variables that it names', async () => {
  const earlier = [
    step('10-a', { before: '0', after: 'a', inputs: { ...inputs, files: { 'bin/tool': '1' } } }),
    step('20-b', { before: 'a', after: 'b', inputs: { ...inputs, variables: { V: '1' } } }),
  ];
  assert.deepEqual(
    await findCauses(
      options({
        hooks: ['20-b'],
        earlier,
        steps: [step('10-a', { before: '0', after: 'a' })],
        inputsNow: async () => inputs,
        digestOfFile: () => '2',
      }),
    ),
    ['file bin/tool of element own changed'],
  );
});

test('a step that shared a layer refers to the hooks that it shared it with', async () => {
  const both = step('10-a', {
    before: 'a',
    after: 'b',
    hooks: ['10-a', '20-b'].map((name) => ({ name, element: 'own', digest: name })),
  });
  assert.deepEqual(
    await findCauses(options({ hooks: ['20-b'], earlier: [both], steps: [step('10-a', { before: 'a', after: 'x' })] })),
    ['it never ran on the tree that install.d/10-a left now'],
  );
});
