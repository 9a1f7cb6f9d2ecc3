import assert from 'node:assert/strict';
import { test } from 'node:test';
import { squarify } from '../../src/report/squarify.js';

test('the example of the paper is laid out as in it', () => {
  const places = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  const rounded = places.map(
    (place) => place && [place.x, place.y, place.width, place.height].map((value) => Math.round(value * 100) / 100),
  );
  assert.deepEqual(rounded.slice(0, 4), [
    [0, 0, 3, 2],
    [0, 2, 3, 2],
    [3, 0, 1.71, 2.33],
    [4.71, 0, 1.29, 2.33],
  ]);
});

test('areas are in proportion, inside the place, and do not overlap', () => {
  const sizes = [500, 233, 120, 120, 77, 31, 8, 3, 1];
  const place = { x: 10, y: 20, width: 300, height: 170 };
  const places = squarify(sizes, place);
  const scale = (300 * 170) / sizes.reduce((sum, size) => sum + size, 0);
  const found = places.map((one) => one ?? assert.fail('no place'));
  for (const [index, one] of found.entries()) {
    assert.ok(Math.abs(one.width * one.height - (sizes[index] ?? 0) * scale) < 0.01, String(index));
    assert.ok(one.x >= 10 - 1e-6 && one.y >= 20 - 1e-6);
    assert.ok(one.x + one.width <= 310 + 1e-6 && one.y + one.height <= 190 + 1e-6);
    for (const other of found.slice(index + 1)) {
      const isApart =
        one.x + one.width <= other.x + 1e-6 ||
        other.x + other.width <= one.x + 1e-6 ||
        one.y + one.height <= other.y + 1e-6 ||
        other.y + other.height <= one.y + 1e-6;
      assert.ok(isApart);
    }
  }
});

test('what has no size, and what lies in no place, is not drawn', () => {
  assert.deepEqual(squarify([], { x: 0, y: 0, width: 1, height: 1 }), []);
  assert.deepEqual(squarify([0, 0], { x: 0, y: 0, width: 1, height: 1 }), [undefined, undefined]);
  assert.deepEqual(squarify([1], { x: 0, y: 0, width: 0, height: 1 }), [undefined]);
  assert.deepEqual(squarify([4, 0], { x: 0, y: 0, width: 2, height: 2 }), [
    { x: 0, y: 0, width: 2, height: 2 },
    undefined,
  ]);
});
