import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../bench/read-options.js';

const known = ['plan', 'cold', 'six'];

test('without words all cases but the longest run, five rounds each', () => {
  assert.deepEqual(readOptions([], known), {
    rounds: 5,
    caseNames: ['plan', 'cold'],
    release: 'bookworm',
    against: ['original', 'floor', 'mkosi'],
  });
});

test('rounds, cases, release and tools can be chosen', () => {
  const words = ['--rounds', '2', '--cases', 'six,cold', '--release=trixie', '--against', 'mkosi'];
  assert.deepEqual(readOptions(words, known), {
    rounds: 2,
    caseNames: ['six', 'cold'],
    release: 'trixie',
    against: ['mkosi'],
  });
});

test('what cannot be run is refused by name', () => {
  assert.throws(
    () => readOptions(['--cases', 'cold,hot'], known),
    new Error('unknown case hot; there are plan, cold, six'),
  );
  assert.throws(
    () => readOptions(['--against', 'ours'], known),
    new Error('unknown tool ours; there are original, floor, mkosi'),
  );
  for (const rounds of ['0', '1.5', 'many'])
    assert.throws(
      () => readOptions(['--rounds', rounds], known),
      new Error(`--rounds wants a whole number above 0, not "${rounds}"`),
    );
});
