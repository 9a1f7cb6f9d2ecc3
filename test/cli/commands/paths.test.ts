import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinElementsDirectory, libDirectory } from '../../../src/base/assets.js';
import { runLine } from './run-line.js';

test('the directories are printed', async (context) => {
  assert.deepEqual(await runLine(context, 'dib paths elements'), {
    status: 0,
    out: `${builtinElementsDirectory}\n`,
    error: '',
  });
  assert.equal((await runLine(context, 'dib paths lib')).out, `${libDirectory}\n`);
});

test('an unknown key fails with 1', async (context) => {
  assert.deepEqual(await runLine(context, 'dib paths constructor'), {
    status: 1,
    out: '',
    error: 'error USAGE: dib paths knows no "constructor"\n  hint: there are elements, lib\n',
  });
  assert.equal(
    (await runLine(context, 'dib paths')).error,
    'error USAGE: paths needs elements|lib\n  hint: see --help\n',
  );
});
