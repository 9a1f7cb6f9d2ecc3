import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision, StepTrace, UnitInputs } from '../../src/layers/layer-record.js';
import { type PredictOptions, predictSteps } from '../../src/layers/predict-steps.js';
import type { Phase } from '../../src/model/phase.js';

function trace(
  phase: Phase,
  names: readonly string[],
  more: Partial<StepTrace> = {},
  inputs: Partial<UnitInputs> = {},
): StepTrace {
  return {
    phase,
    hooks: names.map((name) => ({ name, element: 'e', digest: `digest of ${name}` })),
    inputs: { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {}, ...inputs },
    notKept: [],
    record: 'r',
    ...more,
  };
}

const traces: readonly StepTrace[] = [
  trace('root', ['10-mounts'], { record: undefined as never, notKept: ['host hooks run each time'] }),
  trace('install', ['10-a', '20-b'], {}, { files: { 'bin/tool': 'tool' }, variables: { DIB_A: 'one' } }),
  trace('install', ['30-c'], { made: ['install.d/60-made'] }),
  trace('install', ['60-made']),
  trace('finalise', ['10-last'], { expiresMs: 500 }),
].map(({ record, ...rest }) => (record === undefined ? rest : { ...rest, record }));

const decisions: readonly Decision[] = traces.map(({ phase, hooks }, index) => ({
  phase,
  hooks: hooks.map(({ name }) => name),
  outcome: 'run',
  because: [],
  durationMs: (index + 1) * 100,
  depth: 1,
}));

const plannedNames: readonly (readonly [Phase, string])[] = [
  ['root', '10-mounts'],
  ['install', '10-a'],
  ['install', '20-b'],
  ['install', '30-c'],
  ['finalise', '10-last'],
];

/** What is expected, a line each. */
function predict(
  changed: {
    readonly files?: Readonly<Record<string, string>>;
    readonly variable?: string;
    readonly nowMs?: number;
    readonly planned?: readonly (readonly [Phase, string])[];
  } = {},
): readonly string[] {
  const planned = (changed.planned ?? plannedNames).map(([phase, hook]) => ({ phase, hook }));
  const files: Readonly<Record<string, string>> = {
    'bin/tool': 'tool',
    ...Object.fromEntries(planned.map(({ phase, hook }) => [`${phase}.d/${hook}`, `digest of ${hook}`])),
    ...changed.files,
  };
  const options: PredictOptions = {
    decisions,
    traces,
    planned,
    digestOfFile: (path) => files[path],
    digestOfVariable: (name) => (name === 'DIB_A' ? (changed.variable ?? 'one') : undefined),
    nowMs: changed.nowMs ?? 0,
  };
  return predictSteps(options).map((step) =>
    [step.outcome, step.hooks.join('+'), step.durationMs ?? 'new', step.because ?? ''].join(' ').trim(),
  );
}

test('with nothing changed only what runs each time runs', () => {
  assert.deepEqual(predict(), [
    'run 10-mounts 100 host hooks run each time',
    'reused 10-a+20-b 200',
    'reused 30-c 300',
    'reused 60-made 400',
    'reused 10-last 500',
  ]);
});

test('a changed hook, file or variable runs what read it and what follows', () => {
  const followers = [
    'run 30-c 300 the tree before it may differ',
    'run 60-made 400 the tree before it may differ',
    'run 10-last 500 the tree before it may differ',
  ];
  const cases: readonly (readonly [Parameters<typeof predict>[0], string])[] = [
    [{ files: { 'install.d/20-b': 'other' } }, 'file install.d/20-b changed'],
    [{ files: { 'bin/tool': 'other' } }, 'file bin/tool changed'],
    [{ variable: 'two' }, 'variable DIB_A changed'],
  ];
  for (const [changed, because] of cases)
    assert.deepEqual(predict(changed).slice(1), [`run 10-a+20-b 200 ${because}`, ...followers]);
});

test('a hook that is new, and one that is gone, change what follows', () => {
  const added = [...plannedNames, ['install', '25-new'] as const];
  assert.deepEqual(predict({ planned: added }).slice(1, 4), [
    'reused 10-a+20-b 200',
    'run 25-new new it is new',
    'run 30-c 300 the tree before it may differ',
  ]);
  const without = plannedNames.filter(([, hook]) => hook !== '20-b');
  assert.deepEqual(predict({ planned: without }).slice(1, 3), [
    'run 10-a 200 20-b is gone',
    'run 30-c 300 the tree before it may differ',
  ]);
});

test('what came from the network runs when it is too old', () => {
  assert.equal(predict({ nowMs: 501 }).at(-1), 'run 10-last 500 what it took from the network is too old');
});
