import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterLayers, layerDirectories } from '../../src/cli/enter-layers.js';
import { makeLayerFixture, whyNoLayers } from './commands/layer-fixture.js';
import { openRecordingWorld } from './recording-world.js';

test('the directories of a tree are its layers, bottom first, and what a failed hook left', () => {
  assert.deepEqual(layerDirectories({ storeDirectory: '/s', layerIds: ['a', 'b'] }), [
    '/s/layers/a/tree',
    '/s/layers/b/tree',
  ]);
  assert.deepEqual(layerDirectories({ storeDirectory: '/s', layerIds: [], failedDirectory: 'failed/x' }), [
    '/s/failed/x/upper',
  ]);
});

test('a command looks at the tree from outside', { skip: whyNoLayers() }, async (context) => {
  const { store } = await makeLayerFixture(context);
  const world = openRecordingWorld(context);
  const { stdout, exitStatus } = await enterLayers({
    world,
    ports: await world.openPorts(),
    storeDirectory: store,
    layerIds: ['base', 'left'],
    mode: 'look',
    command: ['cat', 'etc/name', 'opt/one/file'],
  });
  assert.deepEqual({ stdout, exitStatus }, { stdout: 'left\nbase\n', exitStatus: 0 });
});
