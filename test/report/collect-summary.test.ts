import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSummaryCollector } from '../../src/report/collect-summary.js';
import { failingEvents, sampleEvents } from './sample-events.js';

test('a finished build is summed up by steps, phases, hooks and artifacts', () => {
  const collector = openSummaryCollector();
  for (const event of sampleEvents) collector.take(event);
  assert.deepEqual(collector.summary(), {
    version: '1.2.3',
    elements: ['base', 'vm'],
    steps: [
      { step: 'run-phase install', title: 'install', durationMs: 2014, outcome: 'done' },
      { step: 'write-artifacts', title: 'write qcow2', durationMs: 5, outcome: 'done' },
    ],
    phases: [
      {
        phase: 'install',
        durationMs: 2012,
        hooks: [
          { hook: '01-a', element: 'base', durationMs: 2000, outcome: 'done' },
          { hook: '02-b', element: 'vm', durationMs: 10, outcome: 'reused' },
        ],
      },
    ],
    artifacts: [{ path: '/out/image.qcow2', format: 'qcow2', sizeBytes: 3145728, sha256: 'a'.repeat(64) }],
    lastLines: [],
    durationMs: 2021,
    outcome: 'done',
  });
});

test('the lines of the failed hook are kept although others speak after it', () => {
  const collector = openSummaryCollector();
  for (const event of failingEvents) collector.take(event);
  const { failedHook, lastLines } = collector.summary();
  assert.deepEqual(failedHook, {
    phase: 'install',
    hook: '50-app',
    element: 'my-app',
    exitStatus: 6,
    durationMs: 1500,
  });
  assert.deepEqual(lastLines, ['fetching app', 'curl: (6) Could not resolve host']);
});

test('only the last forty lines are kept', () => {
  const collector = openSummaryCollector();
  for (let number = 1; number <= 100; number += 1)
    collector.take({ kind: 'output', atMs: 0, stream: 'stdout', source: 'x', text: `line ${number}` });
  const { lastLines } = collector.summary();
  assert.equal(lastLines.length, 40);
  assert.equal(lastLines[0], 'line 61');
  assert.equal(lastLines[39], 'line 100');
});
