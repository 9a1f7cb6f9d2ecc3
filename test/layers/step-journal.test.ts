import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepTrace } from '../../src/layers/layer-record.js';
import { openStepInputs } from '../../src/layers/step-inputs.js';
import { hostEachTime, type JournalEntry, openStepJournal, type StepJournal } from '../../src/layers/step-journal.js';
import { fakeRun, fakeWatch } from './fake-steps.js';

const texts = new Map([['install.d/10-a', 'echo $DIB_WORD']]);
const watch = fakeWatch(texts);
const inputs = openStepInputs({
  treeDirectory: '/nonexistent',
  watch,
  salt: 's',
  kernel: '6',
  engineDigest: 'engine',
  resolveDeclared: async () => ({ digests: {} }),
  stateOfArchive: async () => ({ digest: 'archive', isKnown: true, modifiedMs: 0 }),
});

function open(earlierSteps: readonly StepTrace[] = []): StepJournal {
  return openStepJournal({
    inputs,
    watch,
    declarationOf: () => undefined,
    readMounts: async () => ({}),
    earlierSteps,
    isTrusted: false,
    texts: { recorded: () => undefined, now: () => undefined },
    elementOf: () => 'own',
    setterOf: () => undefined,
  });
}

function entry(name: string, given: Partial<JournalEntry> = {}): JournalEntry {
  return {
    phase: 'install',
    hooks: [{ name, element: 'own', digest: 'd' }],
    decision: { outcome: 'run', because: [], durationMs: 1, depth: 1 },
    trace: { notKept: [] },
    ...given,
  };
}

test('each step is noted as a decision and as a trace, in order', () => {
  const journal = open();
  assert.equal(journal.note(entry('10-a')), 0);
  assert.equal(journal.note(entry('20-b', { trace: { notKept: ['it failed'] } })), 1);
  assert.deepEqual(
    journal.decisions().map(({ hooks, elements, outcome }) => [hooks, elements, outcome]),
    [
      [['10-a'], ['own'], 'run'],
      [['20-b'], ['own'], 'run'],
    ],
  );
  assert.deepEqual(
    journal.traces().map(({ hooks, notKept }) => [hooks[0]?.name, notKept]),
    [
      ['10-a', []],
      ['20-b', ['it failed']],
    ],
  );
});

test('what is known later is added to its step', () => {
  const journal = open();
  const decision = { outcome: 'run', because: [hostEachTime], durationMs: 1, depth: 1 } as const;
  const at = journal.note(entry('10-a', { decision }));
  journal.note(entry('20-b'));
  journal.amend(at, ['file data/x changed'], { made: ['data/y'] });
  assert.deepEqual(journal.decisions()[0]?.because, [hostEachTime, 'file data/x changed']);
  assert.deepEqual(journal.traces()[0]?.made, ['data/y']);
  assert.deepEqual(journal.traces()[0]?.notKept, []);
  assert.equal(journal.texts.makerOf('data/y'), 'install.d/10-a');
  assert.equal(journal.texts.makerOf('data/z'), undefined);
  assert.throws(() => journal.amend(7, [], {}), /no step 7/);
});

test('the cause of a run is what differs from the last build of the image', async () => {
  const run = (word: string) => fakeRun(['10-a'], { environment: { DIB_WORD: word } });
  const seen = { mounts: {}, declaration: undefined, declared: { digests: {} }, everRead: new Set<string>() };
  const earlier: StepTrace = {
    phase: 'install',
    hooks: run('').hooks.map((hook) => ({ ...hook, digest: inputs.digestOfHook(hook) })),
    inputs: await inputs.inputsOf(run('one'), seen, { files: [], listings: [] }, 1),
    notKept: [],
  };
  assert.deepEqual(await open().causesOf(run('two'), 'state'), []);
  assert.deepEqual(await open([earlier]).causesOf(run('one'), 'state'), []);
  assert.deepEqual(await open([earlier]).causesOf(run('two'), 'state'), ['variable DIB_WORD changed']);
});
