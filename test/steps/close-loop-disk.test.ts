import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { closeLoopDisk } from '../../src/steps/close-loop-disk.js';
import { openTestStepContext } from '../helpers/step-context.js';

async function closeFor(context: TestContext, formats: readonly string[]) {
  const { context: step, targetCalls, root } = openTestStepContext({ request: { formats } });
  context.after(() => rmSync(root, { recursive: true }));
  step.state.loopDisk = {
    devices: new Map(),
    imageDevice: '/dev/loop5',
    mountPoints: ['/tree'],
    close: async () => {
      targetCalls.push('close');
      return new Map([['image0', '/dib/image/image0.raw']]);
    },
    showReadOnly: async () => {
      targetCalls.push('showReadOnly');
      return ['boot'];
    },
  };
  await closeLoopDisk(step);
  return { state: step.state, targetCalls };
}

test('the disk is unmounted before it is written anywhere', async (context) => {
  const { state, targetCalls } = await closeFor(context, ['qcow2', 'raw']);
  assert.deepEqual(targetCalls, ['unmountAll', 'keepMounted ', 'close']);
  assert.deepEqual([...(state.rawPaths ?? [])], [['image0', '/dib/image/image0.raw']]);
  assert.deepEqual([state.loopDisk, state.diskMountPoints], [undefined, undefined]);
});

test('for archives it is mounted again, read-only', async (context) => {
  const { state, targetCalls } = await closeFor(context, ['qcow2', 'tar']);
  assert.deepEqual(targetCalls, ['unmountAll', 'keepMounted ', 'close', 'showReadOnly']);
  assert.deepEqual(state.diskMountPoints, ['boot']);
});
