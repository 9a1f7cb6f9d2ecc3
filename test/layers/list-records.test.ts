import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeSealed } from '../../src/layers/layer-store.js';
import { listRecords } from '../../src/layers/list-records.js';

test('records of all trees and phases come oldest first, damaged ones do not', async (context) => {
  const store = mkdtempSync(join(tmpdir(), 'dib-records-'));
  context.after(() => rmSync(store, { recursive: true }));
  assert.deepEqual(await listRecords(store), []);
  for (const [index, path] of ['a/install/x', 'b/finalise/y'].entries()) {
    mkdirSync(`${store}/records/${path.slice(0, -2)}`, { recursive: true });
    await writeSealed(`${store}/records/${path}.json`, { id: path, createdMs: 10 - index });
  }
  writeFileSync(`${store}/records/a/install/damaged.json`, '{}');
  // As a writer that was killed leaves it.
  mkdirSync(`${store}/records/a/install/y.json.AbCdEf`);
  assert.deepEqual(
    (await listRecords(store)).map((record) => record.id),
    ['b/finalise/y', 'a/install/x'],
  );
});
