import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('the closed list is printed, dependencies first, with who asked', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { status, out, error } = await runLine(context, 'dib elements resolve server tiny-os', { environment });
  assert.deepEqual([status, error], [0, '']);
  assert.equal(
    out,
    'tools    asked for by server\nserver   asked for by command line\ntiny-os  asked for by command line\n',
  );
});

test('JSON carries digests', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { out } = await runLine(context, 'dib elements resolve --json server tiny-os', { environment });
  const resolved = JSON.parse(out) as {
    readonly digest: string;
    readonly elements: readonly { name: string; digest: string }[];
  };
  assert.match(resolved.digest, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    resolved.elements.map(({ name }) => name),
    ['tools', 'server', 'tiny-os'],
  );
});

test('a missing operating system is a fault', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { status, error } = await runLine(context, 'dib elements resolve tools', { environment });
  assert.equal(status, 1);
  assert.match(error, /^error OPERATING_SYSTEM_MISSING: /);
});
