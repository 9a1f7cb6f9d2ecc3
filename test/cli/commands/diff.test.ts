import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { saveBuildDecisions } from '../../../src/layers/build-decisions.js';
import { makeLayerFixture, whyNoLayers } from './layer-fixture.js';
import { runLine } from './run-line.js';

test('two builds differ by packages and by paths, each with its cause', { skip: whyNoLayers() }, async (context) => {
  const { cache, store } = await makeLayerFixture(context);
  await saveBuildDecisions(store, {
    imagePath: '/w/other',
    startedMs: 1,
    outcome: 'done',
    decisions: [
      { phase: 'install', hooks: ['20-left'], outcome: 'run', because: [], durationMs: 1, layer: 'left', depth: 2 },
    ],
    stack: ['base', 'left'],
  });
  const run = (line: string) => runLine(context, line, { environment: { DIB_IMAGE_CACHE: cache } });
  const { status, out, error } = await run('dib diff /w/other /w/image');
  assert.deepEqual([status, error], [1, '']);
  assert.match(
    out,
    /^\/w\/other → \/w\/image\n\nPackages\n {2}\+ greeter 1\.2-3\n\ninstall\.d\/30-right: \d+ paths, \+\d+ B\n/,
  );
  assert.match(out, /\n {2}\+ \/usr\/bin\/greet {2}\(\+10 B\)\n/);
  assert.doesNotMatch(out, /etc\/name/);
  const back = await run('dib diff /w/image /w/other.qcow2');
  assert.match(back.out, /\nonly before: install\.d\/30-right: /);
  assert.match(back.out, /\n {2}- \/usr\/bin\/greet {2}\(-10 B\)\n/);
  assert.deepEqual(await run('dib diff /w/other /w/other'), {
    status: 0,
    out: '/w/other → /w/other: no difference\n',
    error: '',
  });
});

test('what cannot be compared is told', async (context) => {
  const environment = { DIB_IMAGE_CACHE: '/nonexistent' };
  const mixed = await runLine(context, 'dib diff a.manifest.json b', { environment });
  assert.match(mixed.error, /^error USAGE: a manifest and an image cannot be compared\n/);
  const missing = await runLine(context, 'dib diff /nonexistent/a.json /nonexistent/b.json', { environment });
  assert.match(missing.error, /^error FILE_UNREADABLE: cannot read the manifest \/nonexistent\/a\.json: /);
  const unknown = await runLine(context, 'dib diff a b', { environment });
  assert.match(unknown.error, /^error USAGE: no build of .*\/a has kept layers\n/);
});

test('two manifests are compared without a store', { skip: whyNoLayers() }, async (context) => {
  const { cache } = await makeLayerFixture(context);
  for (const [name, digest] of [
    ['a', 'a'],
    ['b', 'b'],
  ] as const)
    writeFileSync(
      `${cache}/${name}.manifest.json`,
      JSON.stringify({ manifestVersion: 1, elements: [{ name: 'vm', sha256: digest.repeat(64) }], artifacts: [] }),
    );
  const { status, out } = await runLine(context, `dib diff ${cache}/a.manifest.json ${cache}/b.manifest.json`);
  assert.equal(status, 1);
  assert.match(out, /\n\nElements\n {2}~ vm aaaaaaaaaaaa → bbbbbbbbbbbb\n$/);
});
