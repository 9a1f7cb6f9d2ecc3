import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOutcomes } from '../../src/cli/image-outcome.js';

test('the summary names every image', () => {
  const outcomes = [
    { status: 0, durationMs: 65_000 },
    { status: 7, durationMs: 1500 },
  ];
  assert.equal(
    formatOutcomes(
      ['a', 'bb', 'c'].map((name) => ({ name })),
      outcomes,
    ),
    '\nimages:\n  a   built in 1 m 5 s\n  bb  failed (7) after 1.5 s\n  c   not started\n',
  );
});
