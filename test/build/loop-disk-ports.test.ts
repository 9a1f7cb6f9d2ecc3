import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loopDiskPorts } from '../../src/build/loop-disk-ports.js';
import { workspaceBelow } from '../../src/model/workspace.js';
import { openTestPorts } from '../helpers/ports.js';
import { layoutOf, spanning } from '../loop/loop-layouts.js';

test('both doors lead to the room, which refuses before it touches anything', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'dib-loop-ports-'));
  context.after(() => rmSync(root, { recursive: true }));
  const workspace = workspaceBelow(root);
  for (const directory of [workspace.imageDirectory, workspace.scratchDirectory])
    mkdirSync(directory, { recursive: true });
  const { openLoopDisk, adoptDevice } = loopDiskPorts({ workspace }, openTestPorts());
  const layout = layoutOf(spanning, 128);
  await assert.rejects(openLoopDisk(layout), /file system "mkfs_root" \(\/\) on "lv_root" lies in 2 pieces/);
  await assert.rejects(
    adoptDevice({ layout, device: '/dev/null' }),
    /IMAGE_BLOCK_DEVICE=\/dev\/null, which is no block device/,
  );
  assert.deepEqual(readdirSync(workspace.imageDirectory), []);
});
