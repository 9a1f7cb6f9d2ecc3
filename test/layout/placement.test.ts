import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSize } from '../../src/layout/placement.js';

test('bytes are bytes, shares are of what is left', () => {
  assert.equal(resolveSize({ size: { kind: 'bytes', sizeBytes: 7 } }, 100), 7);
  assert.equal(resolveSize({ size: { kind: 'percent', percent: 33.3 } }, 1000), 333);
  assert.equal(resolveSize({ size: { kind: 'percent', percent: 54 } }, 1071644672), 578688122);
  assert.equal(resolveSize({ size: { kind: 'percent', percent: 54 } }, -5), 0);
});
