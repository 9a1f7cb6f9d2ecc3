import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run-line.js';

test('each shell has its script', async (context) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, out } = await runLine(context, `dib completion ${shell}`);
    assert.equal(status, 0);
    assert.ok(out.includes(`made by: dib completion ${shell}\n`), shell);
  }
});

test('another shell is refused', async (context) => {
  assert.deepEqual(await runLine(context, 'dib completion fis'), {
    status: 1,
    out: '',
    error: 'error USAGE: there is no completion for the shell "fis"\n  hint: did you mean "fish"?\n',
  });
});
