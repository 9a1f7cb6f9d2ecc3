import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { DiskLayout } from '../../src/model/layout.js';
import { coverBootPrograms } from '../../src/steps/cover-boot-programs.js';
import { openTestStepContext } from '../helpers/step-context.js';

test('GRUB is covered only when a disk is laid out and not in loop mode', async () => {
  const { context, targetCalls, root } = openTestStepContext();
  await coverBootPrograms(context);
  assert.equal(targetCalls.length, 0);
  context.state.layout = { images: [], volumeGroups: [], fileSystems: [] } satisfies DiskLayout;
  await coverBootPrograms(context);
  assert.deepEqual(
    targetCalls.filter((call) => call.includes('sbin/grub-')),
    ['coverFile /usr/sbin/grub-probe', 'coverFile /usr/sbin/grub-install', 'coverFile /usr/sbin/grub-mkrelpath'],
  );
  rmSync(root, { recursive: true });
});
