import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { buildSideBySide } from '../../src/cli/build-side-by-side.js';
import { openRecordingWorld } from './recording-world.js';

const skip = existsSync(join(packageDirectory, 'dist/cli/main.js')) ? false : 'not built: dist/cli/main.js is missing';

/** Builds that end before they start: their element does not exist. */
const images = ['quick', 'slow', 'new'].map((name) => ({
  name,
  definition: { imagename: name, types: ['tar'], 'skip-base': true, elements: [`no-${name}`] },
}));

function manifest(durationMs: number): string {
  return JSON.stringify({ timings: { steps: [{ step: 'all', durationMs }] } });
}

test('images start longest first, and each line names its image', { skip }, async (context) => {
  const world = openRecordingWorld(context, { NO_COLOR: '1' });
  writeFileSync(join(world.workingDirectory, 'quick.manifest.json'), manifest(10));
  writeFileSync(join(world.workingDirectory, 'slow.manifest.json'), manifest(20_000));
  const outcomes = await buildSideBySide({ images, world, maximumJobs: 1, stopsOnFailure: false });
  assert.deepEqual(
    outcomes.map((outcome) => outcome?.status),
    [1, 1, 1],
  );
  const started = world.written.error.split('\n').filter((line) => line.includes('disk-image-create'));
  assert.deepEqual(
    started,
    ['new', 'slow', 'quick'].map((name) => `[${name}] disk-image-create -o ${name} -t tar -n -- no-${name}`),
  );
  assert.match(world.written.error, /^\[slow\] error ELEMENT_NOT_FOUND: element "no-slow" not found$/m);
  assert.match(world.written.error, /^\[slow\] failed \(1\) after [\d.]+ m?s$/m);
  assert.deepEqual(
    world.written.error.split('\n').filter((line) => line !== '' && !line.startsWith('[')),
    [],
  );
});

test('after a failure none starts when that was asked for', { skip }, async (context) => {
  const world = openRecordingWorld(context);
  const outcomes = await buildSideBySide({ images, world, maximumJobs: 1, stopsOnFailure: true });
  assert.deepEqual(
    outcomes.map((outcome) => outcome?.status),
    [1, undefined, undefined],
  );
});
