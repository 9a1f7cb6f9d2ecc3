import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSummaryCollector } from '../../src/report/collect-summary.js';
import { summariseTimings } from '../../src/report/summarise-timings.js';
import { sampleEvents } from './sample-events.js';

test('each step has a line, then the slowest hooks', () => {
  const collector = openSummaryCollector();
  for (const event of sampleEvents) collector.take(event);
  assert.deepEqual(summariseTimings(collector.summary()), [
    'Timings:',
    '  install           2.0 s  1 of 2 hooks reused',
    '  write qcow2        5 ms',
    '  slowest: install.d/01-a of element base, 2.0 s',
  ]);
});

test('phases stand in for steps when no step was announced, and nothing measured gives nothing', () => {
  const empty = { elements: [], steps: [], phases: [], artifacts: [], lastLines: [] };
  assert.deepEqual(summariseTimings(empty), []);
  assert.deepEqual(summariseTimings({ ...empty, phases: [{ phase: 'root', durationMs: 65_000, hooks: [] }] }), [
    'Timings:',
    '  root     1 m 5 s',
  ]);
});
