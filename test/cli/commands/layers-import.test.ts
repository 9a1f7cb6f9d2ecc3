import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('layers that do not fit their digests are refused', { skip: whyNoLayers() }, async (context) => {
  // The digests of the fixture are made up.
  const { cache, store } = await makeLayerFixture(context);
  writeFileSync(`${store}/salt`, 'salt');
  const other = mkdtempSync(join(tmpdir(), 'dib-import-'));
  context.after(() => rmSync(other, { recursive: true }));
  const file = `${cache}/out.tar.gz`;
  assert.equal(
    (await runLine(context, `dib layers export ${file}`, { environment: { DIB_IMAGE_CACHE: cache } })).status,
    0,
  );
  const { status, error } = await runLine(context, `dib layers import ${file}`, {
    environment: { DIB_IMAGE_CACHE: other },
  });
  assert.equal(status, 1);
  assert.match(
    error,
    /^error CACHE_CORRUPT: .*out\.tar\.gz is not an archive of layers as dib layers export writes it: base is no name of a layer\n/,
  );
  assert.deepEqual(readdirSync(`${other}/layers/root/v1/layers`), []);
});

test('a file that is not there is told', async (context) => {
  const { error } = await runLine(context, 'dib layers import /nonexistent/x.tar', {
    environment: { DIB_IMAGE_CACHE: '/nonexistent' },
  });
  assert.match(error, /^error FILE_UNREADABLE: cannot read \/nonexistent\/x\.tar: ENOENT/);
});
