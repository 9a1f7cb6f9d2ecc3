import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactSize } from '../../src/layout/exact-size.js';

test('a size is stated exactly in the first unit that can', () => {
  for (const [sizeBytes, text] of [
    [0, '0 B'],
    [7, '7 B'],
    [65536, '64 KiB'],
    [1048576, '1 MiB'],
    [1488 * 1048576, '1488 MiB'],
    [2 * 1024 ** 3, '2 GiB'],
    [1024 ** 4, '1 TiB'],
    [40e9, '40 GB'],
    [1800e6, '1800 MB'],
  ] as const)
    assert.equal(exactSize(sizeBytes), text);
});
