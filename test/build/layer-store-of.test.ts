import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerStoreOf } from '../../src/build/layer-store-of.js';

test('root and each user have a store of their own', () => {
  assert.equal(layerStoreOf('/c', 0), '/c/layers/root/v1');
  assert.equal(layerStoreOf('/c', 1001), '/c/layers/user-1001/v1');
});
