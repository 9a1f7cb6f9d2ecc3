import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { assetsDirectory } from '../../src/base/assets.js';
import { packageInstallsSchema } from '../../src/elements/package-installs-schema.js';

test('the checked-in JSON Schema of package-installs is the one that the code checks with', () => {
  const checkedIn = JSON.parse(readFileSync(join(assetsDirectory, 'schema/package-installs.schema.json'), 'utf8'));
  assert.deepEqual(checkedIn, z.toJSONSchema(packageInstallsSchema, { io: 'input' }));
});

test('the forms that elements use are accepted, others are not', () => {
  const isAccepted = (value: unknown): boolean => packageInstallsSchema.safeParse(value).success;
  const accepted = [null, {}, { a: null }, { a: '' }, { a: {} }, { a: [{ arch: 'arm64' }, { 'not-arch': 'arm64' }] }];
  const refused = [[], 'a', { a: 'yes' }, { a: { fase: 'install.d' } }, { a: { phase: 'finalise.d' } }];
  assert.deepEqual(accepted.map(isAccepted), [true, true, true, true, true, true]);
  assert.deepEqual(refused.map(isAccepted), [false, false, false, false, false]);
});
