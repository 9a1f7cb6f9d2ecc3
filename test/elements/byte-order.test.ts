import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes } from '../../src/elements/byte-order.js';

test('texts sort by their UTF-8 bytes, not by UTF-16 units', () => {
  assert.deepEqual(['\u{1f600}', '\uffee', 'b', 'B', '_', ''].sort(compareBytes), [
    '',
    'B',
    '_',
    'b',
    '\uffee',
    '\u{1f600}',
  ]);
});
