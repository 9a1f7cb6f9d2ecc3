import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCount } from '../../src/cli/read-count.js';

test('whole numbers from 1 are counts', () => {
  assert.deepEqual(
    [readCount('1', '--jobs'), readCount('32', '--jobs'), readCount(undefined, '--jobs')],
    [1, 32, undefined],
  );
});

test('anything else is refused with the option', () => {
  for (const text of ['0', '-1', '1.5', '', 'two', '01'])
    assert.throws(() => readCount(text, '--jobs'), {
      code: 'USAGE',
      message: `--jobs is "${text}"; it takes a whole number of at least 1`,
    });
});
