import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLine } from './run-line.js';

test('the digest is stable and covers every built-in element', async (context) => {
  const first = await runLine(context, 'dib elements digest');
  assert.match(first.out, /^[0-9a-f]{64}\n$/);
  assert.deepEqual(await runLine(context, 'dib elements digest'), first);
  const json = JSON.parse((await runLine(context, 'dib elements digest --json')).out) as {
    readonly digest: string;
    readonly elements: Readonly<Record<string, string>>;
  };
  assert.equal(`${json.digest}\n`, first.out);
  assert.ok('debian-minimal' in json.elements);
});

test('elements of the search path do not count', async (context) => {
  const plain = await runLine(context, 'dib elements digest');
  const other = await runLine(context, 'dib elements digest', { environment: { ELEMENTS_PATH: '/nowhere' } });
  assert.equal(other.out, plain.out);
});
