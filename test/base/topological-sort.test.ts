import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortByGenerations } from '../../src/base/topological-sort.js';

test('generations come in the order given, freed nodes in edge order', () => {
  const result = sortByGenerations(
    ['c', 'b', 'a', 'd', 'e'],
    [
      { before: 'a', after: 'e' },
      { before: 'a', after: 'd' },
      { before: 'b', after: 'd' },
      { before: 'b', after: 'd' },
    ],
  );
  assert.deepEqual(result, { kind: 'sorted', order: ['c', 'b', 'a', 'e', 'd'] });
});

test('a cycle is named in the order it is walked', () => {
  const result = sortByGenerations(
    ['x', 'a', 'b', 'c', 'tail'],
    [
      { before: 'a', after: 'b' },
      { before: 'b', after: 'c' },
      { before: 'c', after: 'a' },
      { before: 'c', after: 'tail' },
    ],
  );
  assert.deepEqual(result, { kind: 'cycle', cycle: ['a', 'b', 'c'] });
  assert.deepEqual(sortByGenerations(['s'], [{ before: 's', after: 's' }]), { kind: 'cycle', cycle: ['s'] });
});
