import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import type { Locks } from '../model/ports.js';
import { leasesLockPath } from './lease-layers.js';

/** Removes what builds left that did not end by themselves: their leases are no longer locked, or were never made. */
export async function removeStaleLeases(storeDirectory: string, locks: Locks): Promise<void> {
  await mkdir(`${storeDirectory}/locks`, { recursive: true, mode: 0o700 });
  const releaseAll = await locks.acquire(leasesLockPath(storeDirectory));
  try {
    const used = new Set<string>();
    for (const name of await readdir(`${storeDirectory}/leases`)) {
      const path = `${storeDirectory}/leases/${name}`;
      const release = await locks.tryAcquire(path);
      if (release === undefined) {
        used.add(name);
        continue;
      }
      await rm(path, { force: true });
      await release();
    }
    for (const name of await readdir(`${storeDirectory}/partial`)) {
      // What garbage collection has moved there it may put back.
      if (used.has(name) || name.startsWith('removed-')) continue;
      await rm(`${storeDirectory}/partial/${name}`, { recursive: true, force: true });
    }
  } finally {
    await releaseAll();
  }
}

/** Layers that running builds use. */
export async function leasedLayers(storeDirectory: string): Promise<ReadonlySet<string>> {
  const layers = new Set<string>();
  for (const name of await readdir(`${storeDirectory}/leases`).catch(() => [])) {
    const text = await readFile(`${storeDirectory}/leases/${name}`, 'utf8').catch(() => '');
    for (const line of text.split('\n')) if (line.startsWith('layer ')) layers.add(line.slice('layer '.length));
  }
  return layers;
}
