import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { assetsDirectory } from '../../src/base/assets.js';
import { svcMapSchema } from '../../src/elements/svc-map-schema.js';

test('the checked-in JSON Schema of svc-map is the one that the code checks with', () => {
  const checkedIn = JSON.parse(readFileSync(join(assetsDirectory, 'schema/svc-map.schema.json'), 'utf8'));
  assert.deepEqual(checkedIn, z.toJSONSchema(svcMapSchema, { io: 'input' }));
});

test('the forms that elements use are accepted, others are not', () => {
  const isAccepted = (value: unknown): boolean => svcMapSchema.safeParse(value).success;
  assert.deepEqual([null, {}, { nova: null }, { nova: { default: 'n', debian: null } }].map(isAccepted), [
    true,
    true,
    true,
    true,
  ]);
  assert.deepEqual([[], { nova: 'n' }, { nova: { default: 1 } }].map(isAccepted), [false, false, false]);
});
