import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { blockDeviceSchema, blockDeviceSchemaText } from '../../src/layout/block-device-schema.js';
import { itemKeyTable, pluginKeyTable } from '../../src/layout/plugin-key-table.js';

test('the schema that is checked in is the one of the tables', () => {
  const path = join(packageDirectory, 'assets/schema/block-device.schema.json');
  assert.equal(readFileSync(path, 'utf8'), blockDeviceSchemaText());
});

test('every reference leads somewhere and every plugin and item has a definition', () => {
  const { $defs } = blockDeviceSchema();
  const names = Object.keys($defs as object);
  const references = [...blockDeviceSchemaText().matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name ?? '');
  assert.deepEqual(
    references.filter((name) => !names.includes(name)),
    [],
  );
  const wanted = [...Object.keys(pluginKeyTable), ...Object.keys(itemKeyTable).map((list) => `${list}_item`)];
  assert.deepEqual(
    wanted.filter((name) => !references.includes(name)),
    [],
  );
});
