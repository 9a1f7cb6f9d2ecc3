import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerStoreDirectory } from '../../src/cli/layer-store-directory.js';

test('layers of root and of each user lie apart', () => {
  const world = { environment: {}, workingDirectory: '/w', homeDirectory: '/home/u' };
  assert.equal(layerStoreDirectory({ ...world, userId: 0 }), '/home/u/.cache/image-create/layers/root/v1');
  assert.equal(
    layerStoreDirectory({ ...world, userId: 7, environment: { DIB_IMAGE_CACHE: 'c' } }),
    '/w/c/layers/user-7/v1',
  );
});
