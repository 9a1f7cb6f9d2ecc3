import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Locks } from '../model/ports.js';

/** What a process uses in a store: a directory of its own, and layers, until it ends. */
export interface Lease {
  /** Lines `layer ID` in this file keep layers from being removed. */
  readonly path: string;
  /** For what is not finished; goes with the lease. */
  readonly directory: string;
  release(): Promise<void>;
}

/** Path of the lock under which leases and their directories come and go together. */
export function leasesLockPath(storeDirectory: string): string {
  return `${storeDirectory}/locks/leases`;
}

/** Takes a lease. When this process ends without releasing it, the next build removes what is left. */
export async function takeLease(storeDirectory: string, locks: Locks): Promise<Lease> {
  for (const name of ['partial', 'leases', 'locks'])
    await mkdir(`${storeDirectory}/${name}`, { recursive: true, mode: 0o700 });
  const releaseAll = await locks.acquire(leasesLockPath(storeDirectory));
  try {
    const directory = await mkdtemp(`${storeDirectory}/partial/`);
    const path = `${storeDirectory}/leases/${directory.slice(directory.lastIndexOf('/') + 1)}`;
    const release = await locks.acquire(path);
    return {
      path,
      directory,
      async release() {
        await rm(directory, { recursive: true, force: true });
        await rm(path, { force: true });
        await release();
      },
    };
  } finally {
    await releaseAll();
  }
}

/** Keeps layers from being removed until the result is called, or this process ends. */
export async function leaseLayers(options: {
  readonly storeDirectory: string;
  readonly layerIds: readonly string[];
  readonly locks: Locks;
}): Promise<() => Promise<void>> {
  const lease = await takeLease(options.storeDirectory, options.locks);
  await appendFile(lease.path, options.layerIds.map((id) => `layer ${id}\n`).join(''));
  return lease.release;
}
