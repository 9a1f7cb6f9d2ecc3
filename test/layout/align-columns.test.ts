import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignColumns } from '../../src/layout/align-columns.js';

test('text stands left, numbers right, empty columns vanish', () => {
  assert.deepEqual(alignColumns([['a', '', '1'], ['bcd', '', '22'], ['e']], ['left', 'left', 'right']), [
    'a     1',
    'bcd  22',
    'e',
  ]);
});
