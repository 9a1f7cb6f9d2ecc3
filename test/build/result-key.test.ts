import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeResultKey } from '../../src/build/result-key.js';
import type { BuildPlan } from '../../src/model/plan.js';
import type { BuildRequest } from '../../src/model/request.js';
import { openTestPorts } from '../helpers/ports.js';

function plan(request: Partial<BuildRequest> = {}, other: Partial<BuildPlan> = {}): BuildPlan {
  return {
    request: {
      imagePath: '/w/image',
      formats: ['qcow2'],
      cacheMode: 'on',
      usageReport: 'none',
      breakPoints: { names: [], isOutsideTarget: false },
      ...request,
    },
    elementSet: { elements: [{ name: 'vm', directory: '/e/vm', digest: '1' }], digest: 'd', warnings: [] },
    environment: { values: {}, setBy: {} },
    diskMode: { mode: 'files', because: '' },
    hostPrograms: [],
    steps: [],
    ...other,
  } as unknown as BuildPlan;
}

test('the key follows what may show in the image, and nothing else', async () => {
  const ports = openTestPorts();
  const key = (one: BuildPlan, coreEnvironment: Readonly<Record<string, string>> = {}) =>
    computeResultKey({ plan: one, coreEnvironment }, ports);
  const first = await key(plan());
  assert.match(first ?? '', /^[0-9a-f]{64}$/);
  assert.equal(await key(plan({ isQuiet: true, maximumJobs: 3, cacheMode: 'trust', overwritesOldImage: true })), first);
  assert.equal(await key(plan(), { TERM: 'x', CI_JOB_ID: '7' }), first);
  assert.notEqual(await key(plan(), { DIB_A: '1' }), first);
  assert.notEqual(await key(plan({ imagePath: '/w/other' })), first);
  assert.notEqual(
    await key(plan({}, { elementSet: { elements: [{ name: 'vm', directory: '/e/vm', digest: '2' }] } as never })),
    first,
  );
});

test('builds that are no plain files from recorded hooks have no key', async () => {
  const ports = openTestPorts();
  for (const one of [
    plan({ cacheMode: 'off' }),
    plan({ formats: [] }),
    plan({ dockerTarget: 'x' }),
    plan({ breakPoints: { names: ['after-root'], isOutsideTarget: false } }),
    plan({}, { diskMode: { mode: 'loop', because: '' } }),
  ])
    assert.equal(await computeResultKey({ plan: one, coreEnvironment: {} }, ports), undefined);
});
