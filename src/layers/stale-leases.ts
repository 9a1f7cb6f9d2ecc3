import { readdir, readFile, rm } from 'node:fs/promises';
import type { Locks } from '../model/ports.js';

/** Removes what builds left that did not end by themselves: their leases are no longer locked. */
export async function removeStaleLeases(storeDirectory: string, locks: Locks): Promise<void> {
  for (const name of await readdir(`${storeDirectory}/leases`)) {
    const path = `${storeDirectory}/leases/${name}`;
    const release = await locks.tryAcquire(path);
    if (release === undefined) continue;
    for (const line of (await readFile(path, 'utf8')).split('\n')) {
      const [kind, directory = ''] = line.split(' ');
      if (kind === 'partial' && directory.startsWith(`${storeDirectory}/partial/`))
        await rm(directory, { recursive: true, force: true });
    }
    await rm(path, { force: true });
    await release();
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
