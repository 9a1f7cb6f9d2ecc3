import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallestFitting } from '../../src/layout/smallest-fitting.js';

test('the smallest multiple that fits is found', () => {
  for (const wanted of [1, 9, 10, 11, 999, 1000, 123456])
    assert.equal(
      smallestFitting({ stepBytes: 10 }, (sizeBytes) => sizeBytes >= wanted),
      Math.ceil(wanted / 10) * 10,
    );
});

test('the search starts where it is told', () => {
  assert.equal(
    smallestFitting({ stepBytes: 10, fromBytes: 55 }, () => true),
    60,
  );
});

test('what never fits ends', () => {
  assert.equal(
    smallestFitting({ stepBytes: 65536 }, () => false),
    undefined,
  );
});
