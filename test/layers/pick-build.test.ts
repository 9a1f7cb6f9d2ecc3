import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildDecisions } from '../../src/layers/build-decisions.js';
import { pickBuild } from '../../src/layers/pick-build.js';

const build = (imagePath: string): BuildDecisions => ({
  imagePath,
  startedMs: 0,
  outcome: 'done',
  decisions: [],
  stack: [],
});

test('without a name it is the newest build, with one the build of that image', () => {
  const builds = [build('/w/new'), build('/w/old.raw')];
  assert.equal(pickBuild(builds, undefined), builds[0]);
  assert.equal(pickBuild(builds, '/w/new.qcow2'), builds[0]);
  assert.equal(pickBuild(builds, '/w/old.raw'), builds[1]);
});

test('where there is none, the error says what there is', () => {
  assert.throws(() => pickBuild([], undefined), {
    message: 'no build has kept layers yet',
    hint: 'build an image first; with --cache=off nothing is kept',
  });
  assert.throws(() => pickBuild([build('/w/one')], '/w/two'), {
    message: 'no build of /w/two has kept layers',
    hint: 'there are /w/one',
  });
});
