import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectGarbage } from '../../src/layers/collect-garbage.js';

test('old trees of failed builds go, young ones stay; a store that is not there is empty', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-garbage-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const collect = (failedBeforeMs: number) =>
    collectGarbage({
      storeDirectory: directory,
      limitBytes: 0,
      failedBeforeMs,
      removeTrees: async (paths) => {
        for (const path of paths) rmSync(path, { recursive: true });
      },
    });
  assert.deepEqual(await collect(0), { removed: [], keptBytes: 0 });
  mkdirSync(`${directory}/failed/old`, { recursive: true });
  mkdirSync(`${directory}/failed/young`);
  utimesSync(`${directory}/failed/old`, 10, 10);
  await collect(20_000);
  assert.equal(existsSync(`${directory}/failed/old`), false);
  assert.equal(existsSync(`${directory}/failed/young`), true);
});
