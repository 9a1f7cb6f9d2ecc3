import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { test } from 'node:test';
import { makeLayerFixture } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('a layer is shown with its hooks and what they read', async (context) => {
  const { cache, store } = await makeLayerFixture(context);
  utimesSync(`${store}/layers/left/layer.json`, 60, 60);
  const run = (line: string) =>
    runLine(context, line, { environment: { DIB_IMAGE_CACHE: cache }, world: { userId: 0 } });
  assert.deepEqual(await run('dib layers show le'), {
    status: 0,
    out: `layer    left
content  content of left
size     2 MiB in 3 entries
used     1970-01-01T00:01:00.000Z
in       /w/image, on layer base

record   record
parent   tree state
made     1970-01-01T00:00:00.000Z, took 1.5 s
valid    for 2 h, as it used the network or says so
hooks
  d1                install.d/20-left of element lefty
files
  d1                install.d/20-left
names
  d2                others
variables
  d3                ARCH
`,
    error: '',
  });
  assert.match(
    (await run('dib layers show base')).out,
    /\nin {7}\/w\/image, the lowest layer\nno record leads to it: made by host hooks or the engine, or by hooks never kept\n$/,
  );
  assert.equal(JSON.parse((await run('dib layers show --json left')).out).records[0].id, 'record');
});
