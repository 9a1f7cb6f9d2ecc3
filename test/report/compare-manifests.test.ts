import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareManifests } from '../../src/report/compare-manifests.js';

const manifest = (digest: string, sizeBytes: number) => ({
  manifestVersion: 1,
  elements: [{ name: 'vm', sha256: digest.repeat(64), dependencies: [] }],
  artifacts: [{ format: 'qcow2', path: '/w/image.qcow2', sizeBytes }],
});

test('elements differ by digest, artifacts by size', () => {
  const { isSame, elements, artifacts } = compareManifests(manifest('a', 1024), manifest('b', 2048));
  assert.equal(isSame, false);
  assert.deepEqual(elements, [{ name: 'vm', before: 'aaaaaaaaaaaa', after: 'bbbbbbbbbbbb' }]);
  assert.deepEqual(artifacts, [{ name: 'qcow2', before: '1 KiB', after: '2 KiB' }]);
  assert.equal(compareManifests(manifest('a', 1), manifest('a', 1)).isSame, true);
});

test('what is no manifest is told', () => {
  assert.throws(() => compareManifests({}, manifest('a', 1)), /the first file is no manifest of a build: /);
});
