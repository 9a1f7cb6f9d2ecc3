import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Locks } from '../model/ports.js';

/** Keeps layers from being removed until the result is called, or this process ends. */
export async function leaseLayers(options: {
  readonly storeDirectory: string;
  readonly layerIds: readonly string[];
  readonly locks: Locks;
}): Promise<() => Promise<void>> {
  const { storeDirectory, layerIds, locks } = options;
  for (const name of ['partial', 'leases']) await mkdir(`${storeDirectory}/${name}`, { recursive: true, mode: 0o700 });
  // Only for a name that nobody else has.
  const base = await mkdtemp(`${storeDirectory}/partial/`);
  const path = `${storeDirectory}/leases/${base.slice(base.lastIndexOf('/') + 1)}`;
  const release = await locks.acquire(path);
  await appendFile(path, [`partial ${base}`, ...layerIds.map((id) => `layer ${id}`), ''].join('\n'));
  return async () => {
    await rm(base, { recursive: true, force: true });
    await rm(path, { force: true });
    await release();
  };
}
