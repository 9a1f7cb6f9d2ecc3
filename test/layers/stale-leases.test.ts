import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { leasedLayers, removeStaleLeases } from '../../src/layers/stale-leases.js';
import { openLocks } from '../../src/process/open-locks.js';

test('what a dead build left goes, what a running one has stays', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-leases-'));
  const pathDirectories = ['/usr/bin', '/bin'];
  const running = openLocks({ pathDirectories });
  const ours = openLocks({ pathDirectories });
  context.after(() => {
    running.close();
    ours.close();
    rmSync(directory, { recursive: true });
  });
  for (const name of ['leases', 'partial/dead', 'partial/alive', 'partial/unleased', 'partial/removed-a', 'elsewhere'])
    mkdirSync(`${directory}/${name}`, { recursive: true });
  writeFileSync(
    `${directory}/leases/dead`,
    `partial ${directory}/partial/dead\npartial ${directory}/elsewhere\nlayer a\n`,
  );
  writeFileSync(`${directory}/leases/alive`, `partial ${directory}/partial/alive\nlayer b\nlayer c\n`);
  await running.acquire(`${directory}/leases/alive`);
  await removeStaleLeases(directory, ours);
  assert.deepEqual(readdirSync(`${directory}/leases`), ['alive']);
  assert.deepEqual(readdirSync(`${directory}/partial`).sort(), ['alive', 'removed-a']);
  assert.ok(existsSync(`${directory}/elsewhere`));
  assert.deepEqual([...(await leasedLayers(directory))], ['b', 'c']);
});
