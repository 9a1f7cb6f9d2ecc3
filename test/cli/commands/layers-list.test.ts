import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run-line.js';

test('a store that is not there has no layers', async (context) => {
  const environment = { DIB_IMAGE_CACHE: '/nonexistent' };
  assert.deepEqual(await runLine(context, 'dib layers list', { environment }), {
    status: 0,
    out: '0 layers, 0 B\n',
    error: '',
  });
  assert.equal((await runLine(context, 'dib layers list --json', { environment })).out, '[]\n');
});
