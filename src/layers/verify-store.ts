import { readdir, readFile } from 'node:fs/promises';
import { digestOfFields } from '../base/digest.js';
import type { Locks, Programs } from '../model/ports.js';
import { digestOfTable } from './layer-entry.js';
import type { Layer } from './layer-record.js';
import { contentDigestOf, digestLayer, isSealedName, readSealed } from './layer-store.js';

/** What {@link verifyStore} needs. */
export interface VerifyOptions {
  readonly storeDirectory: string;
  /** Run where the owners of the files are known: for an ordinary user in a namespace with the subordinate ids. */
  readonly programs: Programs;
  readonly locks: Locks;
  /** Removes trees, whoever owns what is in them; absent: what is damaged stays. */
  readonly removeTrees?: (paths: readonly string[]) => Promise<void>;
}

/** An entry that is not what was stored. */
export interface StoreFault {
  /** Relative to the store. */
  readonly path: string;
  readonly what: string;
  /** It stays while a running build uses it, or when nothing was to be removed. */
  readonly isRemoved: boolean;
}

/** What was looked at, and what was found. */
export interface VerifyReport {
  readonly layerCount: number;
  readonly recordCount: number;
  readonly buildCount: number;
  readonly faults: readonly StoreFault[];
}

/**
 * Reads everything in a store: each layer's names, kinds, owners, modes, times, attributes and contents against its
 * digests, each record and build against its seal. What is damaged is removed: builds then make it again.
 */
export async function verifyStore(options: VerifyOptions): Promise<VerifyReport> {
  const { storeDirectory } = options;
  const used = await layersInUse(storeDirectory, options.locks);
  const faults: StoreFault[] = [];
  const report = async (path: string, what: string, isInUse: boolean): Promise<void> => {
    const isRemoved = !isInUse && options.removeTrees !== undefined;
    if (isRemoved) await options.removeTrees?.([`${storeDirectory}/${path}`]);
    faults.push({ path, what: isInUse ? `${what}; a running build uses it` : what, isRemoved });
  };
  const layerIds = await namesIn(`${storeDirectory}/layers`);
  for (const id of layerIds) {
    const what = await findDamage(id, options);
    if (what !== undefined) await report(`layers/${id}`, what, used.has(id));
  }
  let recordCount = 0;
  for (const parent of await namesIn(`${storeDirectory}/records`)) {
    for (const phase of await namesIn(`${storeDirectory}/records/${parent}`)) {
      const directory = `records/${parent}/${phase}`;
      for (const name of (await namesIn(`${storeDirectory}/${directory}`)).filter(isSealedName)) {
        recordCount += 1;
        if ((await readSealed(`${storeDirectory}/${directory}/${name}`)) === undefined)
          await report(`${directory}/${name}`, 'the record does not fit its seal', false);
      }
    }
  }
  const builds = (await namesIn(`${storeDirectory}/builds`)).filter(isSealedName);
  for (const name of builds) {
    if ((await readSealed(`${storeDirectory}/builds/${name}`)) === undefined)
      await report(`builds/${name}`, 'what is known of the build does not fit its seal', false);
  }
  return { layerCount: layerIds.length, recordCount, buildCount: builds.length, faults };
}

/** What is wrong with a layer, or undefined. */
async function findDamage(id: string, { storeDirectory, programs }: VerifyOptions): Promise<string | undefined> {
  const directory = `${storeDirectory}/layers/${id}`;
  const layer = await readSealed<Layer>(`${directory}/layer.json`);
  if (layer === undefined) return 'its description does not fit its seal';
  if (layer.id !== id) return `it is described as ${layer.id}`;
  const { volatilePath } = layer;
  const found = await digestLayer(`${directory}/tree`, volatilePath, programs).catch((error: unknown) => error);
  if (found instanceof Error) return `its tree cannot be read: ${found.message}`;
  const { digest, entries } = found as Awaited<ReturnType<typeof digestLayer>>;
  if (digestOfTable(entries) !== layer.tableDigest) return 'names, owners, modes, sizes or times of its files changed';
  if (contentDigestOf(digest, entries, volatilePath) !== layer.contentDigest)
    return 'contents or attributes of its files changed';
  if (volatilePath === undefined) return undefined;
  const volatileText = await readFile(`${directory}/tree/${volatilePath}`, 'latin1').catch(() => 'absent');
  const plainId = digestOfFields([layer.contentDigest, volatileText]).slice(0, 40);
  return id === plainId || id.startsWith(`${plainId}-`) ? undefined : `the content of ${volatilePath} changed`;
}

/** Layers that builds use which still run: what one that was killed has leased is not locked. */
async function layersInUse(storeDirectory: string, locks: Locks): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const name of await namesIn(`${storeDirectory}/leases`)) {
    const path = `${storeDirectory}/leases/${name}`;
    const text = await readFile(path, 'utf8').catch(() => '');
    const release = await locks.tryAcquire(path);
    await release?.();
    if (release !== undefined) continue;
    for (const line of text.split('\n')) if (line.startsWith('layer ')) used.add(line.slice('layer '.length));
  }
  return used;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
