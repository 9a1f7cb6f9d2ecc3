import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { writeArtifactsStep } from '../../src/steps/write-artifacts.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('of several disks the one named image0 becomes the artifact, without it the first', async () => {
  const { context, root } = openTestStepContext();
  const asked: (string | undefined)[] = [];
  context.ports.writeArtifacts = async (rawPath) => {
    asked.push(rawPath);
    return [{ format: 'raw', path: '/out/x.raw', sizeBytes: 1, digests: {} }];
  };
  context.state.rawPaths = new Map([
    ['data', '/d'],
    ['image0', '/i'],
  ]);
  await writeArtifactsStep(context);
  context.state.rawPaths = new Map([['data', '/d']]);
  await writeArtifactsStep(context);
  delete context.state.rawPaths;
  await writeArtifactsStep(context);
  assert.deepEqual(asked, ['/i', '/d', undefined]);
  assert.equal(context.state.artifacts[0]?.path, '/out/x.raw');
  rmSync(root, { recursive: true });
});
