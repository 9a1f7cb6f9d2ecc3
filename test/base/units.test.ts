import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alignDown,
  alignUp,
  formatBytes,
  formatDuration,
  gibibyte,
  kibibyte,
  mebibyte,
  tebibyte,
} from '../../src/base/units.js';

test('sizes are aligned to multiples', () => {
  assert.equal(alignUp(1, 64), 64);
  assert.equal(alignUp(128, 64), 128);
  assert.equal(alignDown(127, 64), 64);
});

test('sizes for people have one decimal at the most', () => {
  assert.deepEqual(
    [0, 1023, kibibyte, 1536 * kibibyte, 640 * mebibyte, 1.5 * gibibyte, 2 * tebibyte].map(formatBytes),
    ['0 B', '1023 B', '1 KiB', '1.5 MiB', '640 MiB', '1.5 GiB', '2 TiB'],
  );
});

test('durations for people', () => {
  assert.deepEqual([85.4, 12_345, 65_000, 119_999].map(formatDuration), ['85 ms', '12.3 s', '1 m 5 s', '2 m 0 s']);
});
