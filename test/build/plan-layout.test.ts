import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLayout } from '../../src/build/plan-layout.js';
import type { BuildRequest } from '../../src/model/request.js';

const elementSet = { elements: [], digest: '', warnings: [] };

test('hooks are told labels, type and mount points of the chosen layout', async () => {
  const request = {
    architecture: 'amd64',
    workingDirectory: '/',
    rootFileSystem: { type: 'xfs', mkfsOptions: '' },
  } as unknown as BuildRequest;
  const { variables } = await planLayout({ request, elementSet });
  assert.deepEqual(variables, {
    DIB_ROOT_LABEL: 'img-rootfs',
    DIB_ROOT_FSTYPE: 'xfs',
    DIB_BOOT_LABEL: '',
    DIB_MOUNTPOINTS: '/',
  });
});

test('a layout given as text is used, and its faults name the variable', async () => {
  const request = {
    architecture: 'amd64',
    workingDirectory: '/',
    rootFileSystem: { type: 'ext4', mkfsOptions: '' },
    blockDeviceConfig: { kind: 'text', value: '- nonsense: {}\n' },
  } as unknown as BuildRequest;
  await assert.rejects(planLayout({ request, elementSet }), { code: 'LAYOUT_INVALID' });
});
