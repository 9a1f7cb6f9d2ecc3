import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredLayer } from '../../src/layers/collect-garbage.js';
import { describeLayer } from '../../src/layers/describe-layer.js';

const stored = (id: string): StoredLayer => ({
  layer: {
    id,
    contentDigest: '',
    tableDigest: '',
    sizeBytes: 0,
    entryCount: 0,
    hasRootAttributes: false,
    bootId: '',
  },
  lastUsedMs: 0,
});
const known = {
  layers: [stored('abc'), stored('abc-2'), stored('def')],
  builds: [
    { imagePath: '/w/image', startedMs: 0, outcome: 'done' as const, decisions: [], stack: ['abc', 'def'] },
    { imagePath: '/w/other', startedMs: 0, outcome: 'done' as const, decisions: [], stack: ['def'] },
  ],
  records: [],
};

test('a layer is found by how its id begins, an exact id first', () => {
  assert.equal(describeLayer('abc', known).layer.id, 'abc');
  assert.deepEqual(describeLayer('d', known).uses, [
    { imagePath: '/w/image', parentLayerId: 'abc' },
    { imagePath: '/w/other' },
  ]);
  assert.throws(() => describeLayer('ab', known), { message: '2 layers begin with ab', hint: 'abc, abc-2' });
  assert.throws(() => describeLayer('x', known), { code: 'USAGE', message: 'no layer in the store is called x' });
});
