import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildDecisions } from '../../src/layers/build-decisions.js';
import { findLayerOwners, formatOwner } from '../../src/layers/layer-owners.js';
import type { UnitRecord } from '../../src/layers/layer-record.js';

test('a layer belongs to the hooks of its decision, one without to what ran beside the tree', () => {
  const build: BuildDecisions = {
    imagePath: '/w/image',
    startedMs: 0,
    outcome: 'done',
    decisions: [
      { phase: 'root', hooks: ['10-base'], outcome: 'run', because: [], durationMs: 0, depth: 0 },
      {
        phase: 'install',
        hooks: ['20-a', '21-b'],
        outcome: 'reused',
        because: [],
        durationMs: 0,
        layer: 'two',
        depth: 2,
      },
    ],
    stack: ['one', 'two', 'three'],
  };
  const record = { phase: 'install', hooks: [{ name: '21-b', element: 'bee', digest: '' }] } as unknown as UnitRecord;
  const owners = findLayerOwners(build, [record]);
  assert.deepEqual(owners, [
    { layerId: 'one', hooks: [{ phase: 'root', name: '10-base' }], isExact: false },
    {
      layerId: 'two',
      hooks: [
        { phase: 'install', name: '20-a' },
        { phase: 'install', name: '21-b', element: 'bee' },
      ],
      isExact: true,
    },
    { layerId: 'three', hooks: [], isExact: false },
  ]);
  assert.deepEqual(owners.map(formatOwner), [
    'root.d/10-base',
    'install.d/20-a, install.d/21-b of element bee',
    'the engine itself',
  ]);
});
