import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfFields } from '../../src/base/digest.js';
import { recordsOfBuild } from '../../src/layers/export-build.js';
import type { UnitRecord } from '../../src/layers/layer-record.js';

function record(id: string, parent: string, layerId?: string): UnitRecord {
  return {
    id,
    parent,
    phase: 'install',
    place: 'chroot',
    hooks: [],
    inputs: { files: {}, listings: {}, names: {}, variables: {}, mounts: {}, archives: {}, host: {} },
    ...(layerId === undefined ? {} : { layer: { id: layerId, contentDigest: `content of ${layerId}` } }),
    durationMs: 1,
    createdMs: 1,
  };
}

test('records along the layers of a build go with it, steps without changes too, those of others do not', () => {
  const afterOne = digestOfFields(['empty', 'content of one']);
  const records = [
    record('first', 'empty', 'one'),
    record('idle before', 'empty'),
    record('idle after', afterOne),
    record('other layer', 'empty', 'other'),
    record('idle elsewhere', 'elsewhere'),
  ];
  const build = { imagePath: '/w/image', startedMs: 0, outcome: 'done', decisions: [], stack: ['one'] } as const;
  assert.deepEqual(
    recordsOfBuild(build, records).map(({ id }) => id),
    ['first', 'idle before', 'idle after'],
  );
});
