import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run-line.js';

test('nothing is removed where nothing is, and a wrong limit is told', async (context) => {
  const environment = { DIB_IMAGE_CACHE: '/nonexistent' };
  assert.deepEqual(await runLine(context, 'dib layers gc', { environment }), {
    status: 0,
    out: '0 layers removed, 0 B kept\n',
    error: '',
  });
  const wrong = await runLine(context, 'dib layers gc --limit much', { environment });
  assert.equal(wrong.error, 'error USAGE: "much" is not a size in GiB\n  hint: for example --limit 10\n');
});
