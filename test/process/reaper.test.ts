import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startReaper } from '../../src/process/reaper.js';

test('the directory stays until it is told to go, then it is gone', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'reaper-'));
  const directory = join(parent, 'work');
  mkdirSync(join(directory, 'deep'), { recursive: true });
  writeFileSync(join(directory, 'deep/file'), 'x');
  const reaper = startReaper({ directory, prefix: [], environment: { PATH: '/usr/bin:/bin' } });
  await sleep(200);
  assert.equal(existsSync(directory), true);
  await reaper.reap();
  assert.equal(existsSync(directory), false);
  rmSync(parent, { recursive: true });
});
