import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { leaseLayers } from '../../src/layers/lease-layers.js';
import { leasedLayers, removeStaleLeases } from '../../src/layers/stale-leases.js';
import { openLocks } from '../../src/process/open-locks.js';

test('layers are leased until they are released, also for those who look for stale leases', async (context) => {
  const storeDirectory = mkdtempSync(join(tmpdir(), 'dib-lease-'));
  context.after(() => rmSync(storeDirectory, { recursive: true }));
  const [ours, others] = [0, 1].map(() => openLocks({ pathDirectories: ['/usr/bin', '/bin'] }));
  assert.ok(ours !== undefined && others !== undefined);
  context.after(() => [ours, others].map((locks) => locks.close()));
  const release = await leaseLayers({ storeDirectory, layerIds: ['one', 'two'], locks: ours });
  await removeStaleLeases(storeDirectory, others);
  assert.deepEqual([...(await leasedLayers(storeDirectory))], ['one', 'two']);
  await release();
  assert.deepEqual([...(await leasedLayers(storeDirectory))], []);
  assert.deepEqual(readdirSync(`${storeDirectory}/partial`), []);
});
