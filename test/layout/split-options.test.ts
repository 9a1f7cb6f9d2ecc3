import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitOptions } from '../../src/layout/split-options.js';

test('options are split at blanks, however many', () => {
  assert.deepEqual(splitOptions('  -i 4096  -J size=64 '), ['-i', '4096', '-J', 'size=64']);
  assert.deepEqual(splitOptions(''), []);
});

test('quotes and backslashes keep blanks', () => {
  assert.deepEqual(splitOptions(`-L 'my root' -O "a b" x\\ y "q\\"r" --n="1 2"`), [
    '-L',
    'my root',
    '-O',
    'a b',
    'x y',
    'q"r',
    '--n=1 2',
  ]);
});
