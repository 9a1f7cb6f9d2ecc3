import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLoopFaults } from '../../src/loop/find-loop-faults.js';

const loop = { mode: 'loop', because: 'hook finalise.d/60-x of element "x" uses IMAGE_BLOCK_DEVICE' } as const;

test('other modes need no loop devices', () => {
  assert.deepEqual(findLoopFaults({ diskMode: { mode: 'files', because: '' }, userId: 1000, controlPath: '/no' }), []);
});

test('an ordinary user is told why the mode was chosen and what else there is', () => {
  const [fault, ...more] = findLoopFaults({ diskMode: loop, userId: 1000, controlPath: '/no' });
  assert.equal(
    fault?.message,
    'the loop mode needs root (it was chosen because hook finalise.d/60-x of element "x" uses IMAGE_BLOCK_DEVICE)',
  );
  assert.match(fault?.hint ?? '', /DIB_DISK_MODE=files/);
  assert.deepEqual(more, []);
});

test('root without loop devices is told so', () => {
  assert.match(
    findLoopFaults({ diskMode: loop, userId: 0, controlPath: '/no/loop-control' })[0]?.message ?? '',
    /^the loop mode needs loop devices, and there is no \/no\/loop-control/,
  );
  assert.deepEqual(findLoopFaults({ diskMode: loop, userId: 0, controlPath: '/dev/null' }), []);
});
