import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeValue, placedText, valueOfKey } from '../../src/layout/placed-value.js';

const place = { line: 1, column: 1 };

test('values are described for messages', () => {
  assert.equal(describeValue(placedText('a"b', place)), '"a\\"b"');
  assert.equal(describeValue({ kind: 'null', place }), 'nothing');
  assert.equal(describeValue({ kind: 'list', items: [], place }), 'a list');
  assert.equal(describeValue({ kind: 'map', pairs: [], place }), 'a mapping');
});

test('a key gives its value', () => {
  const value = placedText('x', place);
  const map = { kind: 'map', pairs: [{ key: 'a', keyPlace: place, value }], place } as const;
  assert.equal(valueOfKey(map, 'a'), value);
  assert.equal(valueOfKey(map, 'b'), undefined);
});
