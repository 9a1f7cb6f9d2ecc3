import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { buildOptionRows } from '../../src/request/build-option-table.js';
import { inputVariableTable } from '../../src/request/environment-variable-table.js';
import { renderDocuments } from './documents.js';

for (const [name, text] of Object.entries(renderDocuments())) {
  test(`docs/${name} is what the tables say (UPDATE_GENERATED=1 writes it)`, () => {
    const path = join(packageDirectory, 'docs', name);
    if (process.env.UPDATE_GENERATED === '1') writeFileSync(path, text);
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('the variable of an option that can be set is among the variables', () => {
  const names = new Set<string>(inputVariableTable.map(({ name }) => name));
  const onlyFlags = new Set(['COMPRESS_IMAGE', 'LOGFILE', 'DOCKER_TARGET']);
  const missing = buildOptionRows.flatMap(({ variable }) => (variable === undefined ? [] : [variable]));
  assert.deepEqual(
    missing.filter((name) => !names.has(name) && !onlyFlags.has(name)),
    [],
  );
});
