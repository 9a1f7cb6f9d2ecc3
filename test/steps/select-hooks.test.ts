import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectHooks } from '../../src/steps/select-hooks.js';

const entry = (name: string, isExecutable = true, isFile = true) => ({ name, isExecutable, isFile });

test('only executable files with a matching name run, by number then by bytes', () => {
  const names = selectHooks(
    [
      entry('100-z'),
      entry('10-b'),
      entry('9-c'),
      entry('010-a'),
      entry('a'),
      entry('10-x.sh'),
      entry('20-d', false),
      entry('30-e', true, false),
    ],
    '^[0-9A-Za-z_-]+$',
  );
  assert.deepEqual(names, ['a', '9-c', '010-a', '10-b', '100-z']);
});
