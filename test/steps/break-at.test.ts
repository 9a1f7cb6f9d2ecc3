import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { breakAt } from '../../src/steps/break-at.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('a break point that was not asked for does nothing', async () => {
  const { context, root, events } = openTestStepContext();
  await breakAt({ name: 'before-root', place: 'host' }, context);
  assert.deepEqual(events, []);
  rmSync(root, { recursive: true });
});

test('after an error the break command may fail: the hook is what ends the build', async () => {
  const { context, root } = openTestStepContext({
    request: { breakPoints: { names: ['after-error'], command: 'touch looked; false', isOutsideTarget: true } },
  });
  await breakAt({ name: 'after-error', place: 'chroot' }, context);
  assert.equal(existsSync(join(root, 'looked')), true);
  rmSync(root, { recursive: true });
});
