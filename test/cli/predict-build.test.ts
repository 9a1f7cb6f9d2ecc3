import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf, digestOfFields } from '../../src/base/digest.js';
import { formatPrediction } from '../../src/cli/predict-build.js';
import { saveBuildDecisions, saveBuildTraces } from '../../src/layers/build-decisions.js';
import { smallElements, writeElements } from './commands/element-fixture.js';
import { runLine } from './commands/run-line.js';

test('a prediction is told line by line, with what is expected in all', () => {
  const text = formatPrediction({
    fromMs: 0,
    runMs: 1500,
    savedMs: 20_000,
    steps: [
      { phase: 'root', hooks: ['10-a', '20-b'], outcome: 'reused', durationMs: 20_000 },
      { phase: 'install', hooks: ['30-c'], outcome: 'run', because: 'variable X changed', durationMs: 1500 },
      { phase: 'install', hooks: ['40-d'], outcome: 'run', because: 'it is new' },
    ],
  });
  assert.equal(
    text,
    [
      '',
      'cache     as the build of 1970-01-01T00:00:00.000Z tells',
      '  reused  root.d: 10-a, 20-b  (saves 20.0 s)',
      '  run     install.d: 30-c  (about 1.5 s; variable X changed)',
      '  run     install.d: 40-d  (never ran before; it is new)',
      '  hooks run for about 1.5 s, and one that never ran; reused is what took 20.0 s',
      '',
    ].join('\n'),
  );
});

test('a plan ends with what the last build tells of the next one', async (context) => {
  const cache = mkdtempSync(join(tmpdir(), 'dib-predict-'));
  context.after(() => rmSync(cache, { recursive: true }));
  const userId = process.getuid?.() ?? 0;
  const store = `${cache}/layers/${userId === 0 ? 'root' : `user-${userId}`}/v1`;
  for (const name of ['builds', 'traces']) mkdirSync(`${store}/${name}`, { recursive: true });
  writeFileSync(`${store}/salt`, 'salt');
  const hookText = (smallElements as Readonly<Record<string, string>>)['tiny-os/root.d/10-tree'] ?? '';
  await saveBuildDecisions(store, {
    imagePath: '/w/image',
    startedMs: 0,
    outcome: 'done',
    decisions: [{ phase: 'root', hooks: ['10-tree'], outcome: 'run', because: [], durationMs: 7000, depth: 1 }],
    stack: [],
  });
  const save = (digest: string): Promise<void> =>
    saveBuildTraces(store, '/w/image', {
      steps: [{ phase: 'root', hooks: [{ name: '10-tree', element: 'tiny-os', digest }], notKept: [], record: 'r' }],
      owners: {},
      setBy: {},
    });
  const environment = {
    DIB_IMAGE_CACHE: cache,
    DIB_CACHE_MODE: 'on',
    ELEMENTS_PATH: writeElements(context, smallElements),
  };
  const plan = async (words = ''): Promise<string> =>
    (await runLine(context, `dib plan -n ${words}-o /w/image tiny-os`, { environment })).out;
  await save(digestOfFields([digestOf(hookText), '755']));
  assert.match(await plan(), /\n {2}reused {2}root\.d: 10-tree {2}\(saves 7\.0 s\)\n/);
  await save('another');
  assert.match(await plan(), /\n {2}run {5}root\.d: 10-tree {2}\(about 7\.0 s; file root\.d\/10-tree changed\)\n/);
  assert.equal(JSON.parse(await plan('--json --show cache ')).runMs, 7000);
  assert.equal(JSON.parse(await plan('--cache=off --json --show cache ')), null);
});
