import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectArchitecture } from '../../src/cli/detect-architecture.js';
import type { Programs } from '../../src/model/ports.js';

function programsWith(dpkg: { readonly exitStatus: number; readonly stdout: string } | undefined): Programs {
  const run = async () => ({ stderr: '', durationMs: 0, exitStatus: 0, stdout: '', ...dpkg });
  return { run, require: run, requirePipeline: run, find: () => (dpkg === undefined ? undefined : '/usr/bin/dpkg') };
}

test('dpkg knows best', async () => {
  const programs = programsWith({ exitStatus: 0, stdout: 'armhf\n' });
  assert.equal(await detectArchitecture({ programs, machine: 'aarch64' }), 'armhf');
});

test('without dpkg, or when it fails, the kernel is asked', async () => {
  const names = ['x86_64', 'aarch64', 'armv7l', 'ppc64le', 's390x'];
  for (const programs of [programsWith(undefined), programsWith({ exitStatus: 2, stdout: '' })]) {
    const detected = await Promise.all(names.map((machine) => detectArchitecture({ programs, machine })));
    assert.deepEqual(detected, ['amd64', 'arm64', 'armhf', 'ppc64le', 's390x']);
  }
});
