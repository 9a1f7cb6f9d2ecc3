import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeStep } from '../../src/plan/describe-step.js';

test('a step says what it does in a few words', () => {
  assert.equal(
    describeStep({ kind: 'run-phase', phase: 'install', place: 'chroot', hooks: [] }),
    'run install.d in the chroot',
  );
  assert.equal(describeStep({ kind: 'write-artifacts', formats: ['qcow2', 'tar'] }), 'write qcow2, tar');
});
