import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveBuildDecisions } from '../../../src/layers/build-decisions.js';
import { runLine } from './run-line.js';

test('the last build of an image is explained; without one the hint says what there is', async (context) => {
  const cache = mkdtempSync(join(tmpdir(), 'dib-explain-'));
  context.after(() => rmSync(cache, { recursive: true }));
  const run = (line: string) =>
    runLine(context, line, { environment: { DIB_IMAGE_CACHE: cache }, world: { userId: 0, workingDirectory: '/w' } });
  assert.match((await run('dib explain')).error, /no build has kept layers yet/);
  const store = `${cache}/layers/root/v1`;
  mkdirSync(`${store}/builds`, { recursive: true });
  await saveBuildDecisions(store, { imagePath: '/w/image', startedMs: 0, outcome: 'done', decisions: [], stack: [] });
  const expected = '/w/image: last build 1970-01-01T00:00:00.000Z, done\nReused what took 0 ms, ran for 0 ms\n';
  assert.deepEqual(await run('dib explain image.qcow2'), { status: 0, out: expected, error: '' });
  assert.match((await run('dib explain other')).error, /there are \/w\/image/);
});
