import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallElements, writeElements } from './element-fixture.js';
import { runLine } from './run-line.js';

test('help and version touch nothing', async (context) => {
  assert.match((await runLine(context, 'disk-image-create vm -h')).out, /^Usage: disk-image-create /);
  assert.equal((await runLine(context, 'dib build --version')).out, (await runLine(context, 'dib --version')).out);
});

test('everything that is wrong before the start is told, and nothing is built', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const missing = await runLine(context, 'disk-image-create -n -t tar -o no/such/directory/x tiny-os', { environment });
  assert.deepEqual([missing.status, missing.out], [1, '']);
  assert.match(missing.error, /^error OUTPUT_UNWRITABLE: /);
  const unknown = await runLine(context, 'disk-image-create -n tiny-os severe', { environment });
  assert.equal(unknown.status, 1);
  assert.match(unknown.error, /^error ELEMENT_NOT_FOUND: /);
});

test('a log file is announced', async (context) => {
  const environment = { ELEMENTS_PATH: writeElements(context, smallElements) };
  const { out } = await runLine(context, 'disk-image-create -n --logfile /tmp/dib.log unknown-element', {
    environment,
  });
  assert.equal(out, 'output logs going to: /tmp/dib.log\n');
});
