import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeTest, outputsOf, type TestEvidence } from '../../src/harness/judge-test.js';
import { elementTest } from './element-tests.js';

const good: TestEvidence = { exitStatus: 0, hasSentinel: false, outputs: ['image.tar', 'image.manifest.json'] };
const plain = elementTest('a/one');
const failing = elementTest('a/one', { shouldFail: true });

test('a build that succeeds passes when every output is there', () => {
  assert.deepEqual(judgeTest(plain, good), { outcome: 'passed', because: 'made image.tar' });
  const more = elementTest('a/one', { formats: ['tar', 'qcow2', 'squashfs'] });
  assert.deepEqual(judgeTest(more, good), {
    outcome: 'failed',
    because: 'the build succeeded without image.qcow2, image.squash',
  });
});

test('a build that fails passes only with the mark', () => {
  assert.deepEqual(judgeTest(plain, { ...good, exitStatus: 7, hasSentinel: true }), {
    outcome: 'passed',
    because: 'failed as it should, with exit status 7',
  });
  assert.deepEqual(judgeTest(plain, { ...good, exitStatus: 7 }), {
    outcome: 'failed',
    because: 'the build failed with exit status 7',
  });
  assert.deepEqual(judgeTest(failing, { ...good, exitStatus: 7 }), {
    outcome: 'failed',
    because: 'failed with exit status 7, but not where it should: there is no /tmp/dib-test-should-fail',
  });
});

test('a build that should have failed does not pass, whether the mark or the file says so', () => {
  const wanted = { outcome: 'failed', because: 'should have failed, but the build succeeded' };
  assert.deepEqual(judgeTest(plain, { ...good, hasSentinel: true }), wanted);
  assert.deepEqual(judgeTest(failing, good), wanted);
});

test('a ramdisk has an initramfs', () => {
  assert.deepEqual(outputsOf(elementTest('a/one', { type: 'ramdisk', formats: ['tar'] })), [
    'image.initramfs',
    'image.tar',
  ]);
});
