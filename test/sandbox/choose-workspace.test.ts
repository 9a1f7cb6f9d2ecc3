import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte } from '../../src/base/units.js';
import { chooseWorkspace } from '../../src/sandbox/choose-workspace.js';

const base = { isTmpfsRefused: false, minimumTmpfsGib: 2, temporaryDirectory: '/var/tmp' };

test('a tmpfs takes four fifths of the memory that is available', () => {
  const choice = chooseWorkspace({ ...base, memoryText: 'MemTotal: 16777216 kB\nMemAvailable:   10485760 kB\n' });
  assert.deepEqual(choice, { kind: 'tmpfs', sizeBytes: 8 * gibibyte });
});

test('too little available memory leads to the disk, with the numbers', () => {
  const choice = chooseWorkspace({ ...base, memoryText: 'MemTotal: 16777216 kB\nMemAvailable: 3145728 kB\n' });
  assert.deepEqual(choice, {
    kind: 'disk',
    parentDirectory: '/var/tmp',
    because: '3 GiB of memory are available, a tmpfs wants 4 GiB (--min-tmpfs)',
  });
});

test('a refused tmpfs and an unreadable memory table lead to the disk', () => {
  assert.equal(
    chooseWorkspace({ ...base, isTmpfsRefused: true, memoryText: 'MemAvailable: 99999999 kB\n' }).kind,
    'disk',
  );
  assert.equal(chooseWorkspace({ ...base, memoryText: undefined }).kind, 'disk');
});
