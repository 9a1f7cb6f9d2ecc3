import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildRequest } from '../../src/model/request.js';
import { describeStep } from '../../src/plan/describe-step.js';
import { listSteps } from '../../src/plan/list-steps.js';

const request = (formats: readonly string[], packages: readonly string[] = []): BuildRequest =>
  ({ formats, packages }) as unknown as BuildRequest;

test('a disk image: all phases in order, the disk sized before and made after the later ones', () => {
  const steps = listSteps({
    request: request(['qcow2'], ['vim', 'less']),
    diskMode: { mode: 'files', because: '' },
    hooksOf: () => [],
  });
  assert.deepEqual(steps.map(describeStep), [
    'stage the hooks of all elements',
    'run root.d on the host',
    'prepare the tree for hooks inside',
    'run extra-data.d on the host',
    'run pre-install.d in the chroot',
    'run install.d in the chroot',
    'install vim less',
    'run post-install.d in the chroot',
    'run post-root.d on the host',
    'measure the tree and size the disk',
    'run block-device.d on the host',
    'run pre-finalise.d on the host',
    'run finalise.d in the chroot',
    'run cleanup.d on the host',
    'tidy the tree',
    'make the disk from the tree',
    'write qcow2',
  ]);
});

test('without a disk none is made, without a format nothing is written', () => {
  const steps = listSteps({ request: request([]), diskMode: { mode: 'none', because: '' }, hooksOf: () => [] });
  assert.equal(steps.at(-1)?.kind, 'tidy-tree');
});
