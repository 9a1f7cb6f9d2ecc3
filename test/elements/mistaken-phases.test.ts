import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meantPhaseDirectory, warnOfMistakenPhases } from '../../src/elements/mistaken-phases.js';
import type { Element } from '../../src/model/element.js';

test('a name near a phase tells which was meant, names of other interfaces do not', () => {
  for (const [directory, meant] of [
    ['instal.d', 'install.d'],
    ['preinstall.d', 'pre-install.d'],
    ['post_install.d', 'post-install.d'],
    ['install', 'install.d'],
    ['Cleanup.d', 'cleanup.d'],
    ['pre-finalized', 'finalise.d'],
    ['install.d', undefined],
    ['environment.d', undefined],
    ['modprobe.d', undefined],
    ['init.d', undefined],
    ['static', undefined],
    ['data', undefined],
  ] as const)
    assert.equal(meantPhaseDirectory(directory), meant, directory);
});

test('each such directory of an element is warned of once', () => {
  const files = ['instal.d/10-a', 'instal.d/20-b', 'install.d/30-c', 'static/instal.d/x', 'README.md'].map((path) => ({
    path,
    kind: 'file' as const,
    digest: '',
    sizeBytes: 0,
    mode: 0o755,
  }));
  const element: Element = {
    name: 'web',
    directory: '/web',
    dependencies: [],
    provides: [],
    requestedBy: [],
    files,
    digest: '',
  };
  assert.deepEqual(warnOfMistakenPhases([element]), [
    'web: instal.d is no phase, so nothing in it runs: did you mean install.d?',
  ]);
});
