import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('a build is exported with its layers and records', { skip: whyNoLayers() }, async (context) => {
  const { cache, store } = await makeLayerFixture(context);
  writeFileSync(`${store}/salt`, 'salt');
  const environment = { DIB_IMAGE_CACHE: cache };
  assert.deepEqual(await runLine(context, `dib layers export ${cache}/out.tar /w/image`, { environment }), {
    status: 0,
    out: `3 layers, 1 records of /w/image in ${cache}/out.tar\n`,
    error: '',
  });
  assert.ok(existsSync(`${cache}/out.tar`));
  assert.deepEqual(readdirSync(cache).sort(), ['layers', 'out.tar']);
});

test('an ending that names no compression is told, and a missing build', async (context) => {
  const environment = { DIB_IMAGE_CACHE: '/nonexistent' };
  const wrong = await runLine(context, 'dib layers export out.zip', { environment });
  assert.equal(
    wrong.error,
    'error USAGE: "out.zip" does not say how it is to be compressed\n  hint: end it with .tar, .tar.zst, .tar.gz or .tar.xz\n',
  );
  const missing = await runLine(context, 'dib layers export out.tar', { environment });
  assert.match(missing.error, /^error USAGE: no build has kept layers yet\n/);
});
