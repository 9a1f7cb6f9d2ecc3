import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildPlan } from '../../src/model/plan.js';
import { formatPlan } from '../../src/plan/format-plan.js';

test('a plan shows elements with who asked, steps with their hooks, programs and warnings', () => {
  const plan = {
    request: { imagePath: '/out/x', formats: ['tar'], architecture: 'amd64' },
    elementSet: {
      digest: 'abcdef0123456789',
      elements: [
        { name: 'base', requestedBy: ['command line'] },
        { name: 'vm', requestedBy: ['base', 'other'] },
      ],
    },
    diskMode: { mode: 'none', because: 'no requested format is made from a disk' },
    steps: [
      {
        kind: 'run-phase',
        phase: 'root',
        place: 'host',
        hooks: [{ name: '10-x', element: 'base', phase: 'root', digest: '' }],
      },
    ],
    hostPrograms: [{ program: 'tar', package: 'tar', neededBy: 'output format tar' }],
    warnings: ['something odd'],
  } as unknown as BuildPlan;
  const text = formatPlan(plan);
  for (const line of [
    'image     /out/x (tar)',
    '  base  for command line',
    '  vm    for base, other',
    '   1  run root.d on the host',
    '        10-x  (base)',
    '  tar (tar): output format tar',
    '  something odd',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line}\nis not in\n${text}`);
  }
});
