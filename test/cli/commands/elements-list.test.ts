import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('elements have a line each, cut to the terminal', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { status, out } = await runLine(context, 'dib elements list', { environment });
  assert.equal(status, 0);
  const ours = out.split('\n').filter((line) => /^(server|tiny-os|tools)\b/.test(line));
  assert.deepEqual(
    ours.map((line) => line.replace(/ +/, '  ')),
    ['server  Serves things.', 'tiny-os', 'tools'],
  );
  const narrow = await runLine(context, 'dib elements list', { environment, world: { isTerminal: true, columns: 70 } });
  assert.ok(narrow.out.split('\n').every((line) => line.length <= 70));
});

test('JSON names directories', async (context) => {
  const directory = writeElements(context, smallElements);
  const { out } = await runLine(context, 'dib elements list --json', { environment: { ELEMENTS_PATH: directory } });
  const listed = JSON.parse(out) as readonly { readonly name: string }[];
  assert.deepEqual(
    listed.find(({ name }) => name === 'server'),
    { name: 'server', directory: `${directory}/server`, summary: 'Serves things.' },
  );
});

test('a search path that is no directory is a fault', async (context) => {
  const { status, error } = await runLine(context, 'dib elements list', { environment: { ELEMENTS_PATH: '/nowhere' } });
  assert.equal(status, 1);
  assert.match(error, /^error ELEMENT_DIRECTORY_INVALID: .*\/nowhere/);
});
