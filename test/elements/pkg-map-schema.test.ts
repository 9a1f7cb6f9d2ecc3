import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { assetsDirectory } from '../../src/base/assets.js';
import { pkgMapSchema } from '../../src/elements/pkg-map-schema.js';

test('the checked-in JSON Schema of pkg-map is the one that the code checks with', () => {
  const checkedIn = JSON.parse(readFileSync(join(assetsDirectory, 'schema/pkg-map.schema.json'), 'utf8'));
  assert.deepEqual(checkedIn, z.toJSONSchema(pkgMapSchema, { io: 'input' }));
});

test('the forms that elements use are accepted, others are not', () => {
  const isAccepted = (value: unknown): boolean => pkgMapSchema.safeParse(value).success;
  const accepted = [
    {},
    { default: { a: '' } },
    { family: { redhat: null } },
    { release: { rhel: { '8': { a: ['b', 'c'] } } } },
  ];
  const refused = [null, { families: {} }, { default: { a: 1 } }, { distro: { rhel: 'a' } }];
  assert.deepEqual(accepted.map(isAccepted), [true, true, true, true]);
  assert.deepEqual(refused.map(isAccepted), [false, false, false, false]);
});
