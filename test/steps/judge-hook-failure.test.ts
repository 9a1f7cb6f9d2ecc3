import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TreeLayers } from '../../src/model/step-context.js';
import { judgeHookFailure } from '../../src/steps/judge-hook-failure.js';
import { openTestStepContext } from '../helpers/step-context.js';

const failed = { phase: 'root', place: 'host', hook: '10-a', element: 'e', exitStatus: 5, lastLines: [] } as const;

test('each cause has its code, and all keep the status of the hook', async (context) => {
  const { context: step, root } = openTestStepContext({
    request: { cacheDirectory: '/', temporaryDirectory: '/tmp', imagePath: '/out/image' },
  });
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(`${step.workspace.stagingDirectory}/root.d`, { recursive: true });
  writeFileSync(`${step.workspace.stagingDirectory}/root.d/10-a`, '#!/nowhere/language\n');
  const plain = await judgeHookFailure({ ...failed, lastLines: ['E: Unable to locate package x'] }, step);
  assert.deepEqual(
    [plain.code, plain.message, plain.hint, plain.exitStatus],
    [
      'HOOK_FAILED',
      'hook root.d/10-a of element e exited with 5',
      'to look at the tree at that moment: break=after-error, same command',
      5,
    ],
  );
  const mirror = await judgeHookFailure(
    { ...failed, lastLines: ["E: The repository 'http://h/debian sid Release' is not signed."] },
    step,
  );
  assert.deepEqual(
    [mirror.code, mirror.message, mirror.exitStatus],
    [
      'MIRROR_FAILED',
      'package archive http://h/debian (sid) is not signed as it should be, in hook root.d/10-a of element e, which exited with 5\n' +
        "  E: The repository 'http://h/debian sid Release' is not signed.",
      5,
    ],
  );
  const space = await judgeHookFailure({ ...failed, lastLines: ['cp: /x: No space left on device'] }, step);
  assert.deepEqual([space.code, space.exitStatus], ['SPACE_MISSING', 5]);
  const lost = await judgeHookFailure({ ...failed, exitStatus: 127 }, step);
  assert.deepEqual([lost.code, lost.exitStatus], ['HOOK_NOT_RUNNABLE', 127]);
});

test('where layers are kept the hint leads to dib shell', async (context) => {
  const { context: step, root } = openTestStepContext({
    request: { cacheDirectory: '/', temporaryDirectory: '/tmp', imagePath: '/out/image' },
  });
  context.after(() => rmSync(root, { recursive: true }));
  const layered = { ...step, ports: { ...step.ports, layers: {} as TreeLayers } };
  assert.equal(
    (await judgeHookFailure(failed, layered)).hint,
    'to look at the tree as it left it: dib shell /out/image; to look at the tree at that moment: break=after-error, same command',
  );
});
