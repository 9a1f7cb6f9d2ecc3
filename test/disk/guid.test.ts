import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidBytes, guidText, uuidBytes, uuidText } from '../../src/disk/guid.js';

const text = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

test('a UUID keeps its order, a GUID turns its first three groups around', () => {
  assert.equal(uuidBytes(text).toString('hex'), 'c12a7328f81f11d2ba4b00a0c93ec93b');
  assert.equal(guidBytes(text).toString('hex'), '28732ac11ff8d211ba4b00a0c93ec93b');
});

test('bytes become the text again', () => {
  assert.equal(uuidText(uuidBytes(text)), text);
  assert.equal(guidText(guidBytes(text)), text.toUpperCase());
});

test('what is no UUID is a bug of the caller', () => {
  assert.throws(() => uuidBytes('1234-ABCD'), { message: 'Internal error: "1234-ABCD" is not a UUID' });
});
