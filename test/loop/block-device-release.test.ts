import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseThing } from '../../src/loop/block-device-release.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { temporaryDirectory } from '../disk/temporary-directory.js';

test('what is released already, or belongs to another by now, is left alone', async (context) => {
  const directory = await temporaryDirectory(context);
  const ports = openDiskPorts();
  const started: string[] = [];
  const programs = {
    ...ports.programs,
    require: async (command: { readonly program: string }) => {
      started.push(command.program);
      return ports.programs.run(command as never);
    },
  };
  await releaseThing({ kind: 'mount', path: directory, type: 'ext4' }, { ...ports, programs });
  await releaseThing({ kind: 'loop', device: '/dev/loop99999', path: '/no/file' }, { ...ports, programs });
  await releaseThing({ kind: 'image', path: directory }, { ...ports, programs });
  assert.deepEqual(started, []);
});
