import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listBuilds, readBuildDecisions, saveBuildDecisions } from '../../src/layers/build-decisions.js';

test('the last build of each image is kept, newest first; a damaged one counts as none', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-decisions-'));
  context.after(() => rmSync(directory, { recursive: true }));
  assert.deepEqual(await listBuilds(directory), []);
  mkdirSync(`${directory}/builds`);
  const build = (imagePath: string, startedMs: number) =>
    ({ imagePath, startedMs, outcome: 'done', decisions: [], stack: [] }) as const;
  await saveBuildDecisions(directory, build('/a', 1));
  await saveBuildDecisions(directory, build('/b', 2));
  await saveBuildDecisions(directory, build('/a', 3));
  assert.deepEqual(
    (await listBuilds(directory)).map((one) => [one.imagePath, one.startedMs]),
    [
      ['/a', 3],
      ['/b', 2],
    ],
  );
  for (const name of readdirSync(`${directory}/builds`))
    writeFileSync(`${directory}/builds/${name}`, '{"digest":"', { flag: 'r+' });
  assert.equal((await readBuildDecisions(directory, '/a'))?.startedMs, 3);
  for (const name of readdirSync(`${directory}/builds`)) writeFileSync(`${directory}/builds/${name}`, '{"digest":"00"');
  assert.equal(await readBuildDecisions(directory, '/a'), undefined);
});
