import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPastDuration, sortLongestFirst } from '../../src/harness/past-duration.js';

test('the durations of all steps are added', () => {
  const manifest = {
    timings: {
      steps: [
        { step: 'a', durationMs: 1.5 },
        { step: 'b', durationMs: 20 },
      ],
    },
  };
  assert.equal(readPastDuration(JSON.stringify(manifest)), 21.5);
});

test('a text without timings tells nothing', () => {
  for (const text of ['', '{', 'null', '[]', '{"timings":{}}', '{"timings":{"steps":[{}]}}'])
    assert.equal(readPastDuration(text), undefined, text);
});

test('the longest is first, after those that are not known', () => {
  const durations: Readonly<Record<string, number | undefined>> = { a: 1, b: undefined, c: 3, d: undefined, e: 3 };
  assert.deepEqual(
    sortLongestFirst(Object.keys(durations), (name) => durations[name]),
    ['b', 'd', 'c', 'e', 'a'],
  );
});
