import assert from 'node:assert/strict';
import { test } from 'node:test';
import { squashfsCommand } from '../../src/formats/squashfs.js';

test('the whole command, hidden files of kernel directories left out as well', () => {
  assert.deepEqual(squashfsCommand({ treeDirectory: '/tree', outputPath: '/out', mountPoints: ['mnt'], cpuCount: 4 }), {
    program: 'mksquashfs',
    arguments: [
      '/tree',
      '/out',
      '-comp',
      'xz',
      '-noappend',
      '-no-recovery',
      '-no-progress',
      '-processors',
      '4',
      '-wildcards',
      '-e',
      'dev/*',
      'proc/*',
      'sys/*',
      'lost+found',
      'mnt/*',
      'dev/.*',
      'proc/.*',
      'sys/.*',
      'mnt/.*',
    ],
  });
});

test('a date is handed over in the environment', () => {
  const command = squashfsCommand({
    treeDirectory: '/tree',
    outputPath: '/out',
    mountPoints: [],
    cpuCount: 1,
    sourceDateEpochSeconds: 12,
  });
  assert.deepEqual(command.environment, { SOURCE_DATE_EPOCH: '12' });
});
