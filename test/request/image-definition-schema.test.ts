import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { assetsDirectory } from '../../src/base/assets.js';
import { imageDefinitionSchema, makeImageJsonSchema } from '../../src/request/image-definition-schema.js';

const schemaPath = `${assetsDirectory}/schema/image.schema.json`;

test('the JSON Schema in assets is the generated one (UPDATE_GENERATED=1 writes it)', () => {
  const text = `${JSON.stringify(makeImageJsonSchema(), undefined, 2)}\n`;
  if (process.env.UPDATE_GENERATED === '1') writeFileSync(schemaPath, text);
  assert.equal(readFileSync(schemaPath, 'utf8'), text);
});

test('every key is explained', () => {
  for (const [key, property] of Object.entries(imageDefinitionSchema.shape))
    assert.match(property.unwrap().description ?? '', /^[A-Z].*\.$/, key);
});

test('whole numbers may be written with a zero fraction, booleans and fractions are refused', () => {
  const accepts = (size: unknown) => imageDefinitionSchema.safeParse({ 'image-size': size }).success;
  assert.deepEqual([1, 1.0, 2.5, 0, true, '1', null].map(accepts), [true, true, false, false, false, false, false]);
});
