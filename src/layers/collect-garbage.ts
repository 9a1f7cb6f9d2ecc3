import { readdir, readFile, rename, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../base/build-error.js';
import { listResults } from './kept-result.js';
import type { Layer } from './layer-record.js';
import { isSealedName, readSealed } from './layer-store.js';
import { leasedLayers } from './stale-leases.js';

/** How large the layers of one user may become before the longest unused ones go: `DIB_CACHE_MAX_GIB`. */
export const defaultLimitGib = 20;

/** How long the tree of a failed build is kept. */
export const failedTreeDays = 3;

/** How long texts of inputs are kept, to tell which line changed. */
export const textDays = 30;

/** A stored layer and when it was used last. */
export interface StoredLayer {
  readonly layer: Layer;
  readonly lastUsedMs: number;
}

/** All layers of a store, longest unused first. */
export async function listLayers(storeDirectory: string): Promise<readonly StoredLayer[]> {
  const names = await readdir(`${storeDirectory}/layers`).catch(() => []);
  const found: StoredLayer[] = [];
  for (const name of names) {
    const path = `${storeDirectory}/layers/${name}/layer.json`;
    const layer = await readSealed<Layer>(path);
    const status = await stat(path).catch(() => undefined);
    if (layer !== undefined && status !== undefined) found.push({ layer, lastUsedMs: status.mtimeMs });
  }
  return found.sort((left, right) => left.lastUsedMs - right.lastUsedMs);
}

/** What {@link collectGarbage} needs. */
export interface GarbageOptions {
  readonly storeDirectory: string;
  readonly limitBytes: number;
  /** Failed trees older than this go. */
  readonly failedBeforeMs: number;
  /** Texts of inputs that no build has met since then go; absent: none. */
  readonly textsBeforeMs?: number;
  /** Removes trees, whoever owns what is in them. */
  readonly removeTrees: (paths: readonly string[]) => Promise<void>;
}

/** What was removed, and what is left. */
export interface GarbageReport {
  readonly removed: readonly StoredLayer[];
  readonly keptBytes: number;
}

/**
 * Removes the longest unused layers until the store is below its limit, what no record can lead to any more, and old
 * failed trees. Layers that a running build has leased stay: each is moved away first, and put back when a lease for
 * it has come up meanwhile.
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const { storeDirectory, limitBytes } = options;
  const layers = await listLayers(storeDirectory);
  const results = [...(await listResults(storeDirectory))].sort((left, right) => left.lastUsedMs - right.lastUsedMs);
  let keptBytes =
    layers.reduce((sum, { layer }) => sum + layer.sizeBytes, 0) +
    results.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const removed: StoredLayer[] = [];
  const trash: string[] = [];
  const removeResultsBefore = (timeMs: number): void => {
    for (let oldest = results[0]; oldest !== undefined && oldest.lastUsedMs <= timeMs; oldest = results[0]) {
      if (keptBytes <= limitBytes) return;
      trash.push(oldest.directory);
      keptBytes -= oldest.sizeBytes;
      results.shift();
    }
  };
  let leased = await leasedLayers(storeDirectory);
  for (const stored of layers) {
    removeResultsBefore(stored.lastUsedMs);
    if (keptBytes <= limitBytes) break;
    const { id, sizeBytes } = stored.layer;
    if (leased.has(id)) continue;
    const moved = `${storeDirectory}/partial/removed-${id}`;
    try {
      await rename(`${storeDirectory}/layers/${id}`, moved);
    } catch (error) {
      // Another build collects at the same moment.
      if (hasErrorCode(error, 'ENOENT')) continue;
      throw error;
    }
    leased = await leasedLayers(storeDirectory);
    if (leased.has(id)) {
      // Whoever leased it may have made it again.
      await rename(moved, `${storeDirectory}/layers/${id}`).catch(() => trash.push(moved));
      continue;
    }
    trash.push(moved);
    removed.push(stored);
    keptBytes -= sizeBytes;
  }
  removeResultsBefore(Number.POSITIVE_INFINITY);
  trash.push(...(await olderThan(`${storeDirectory}/failed`, options.failedBeforeMs)));
  trash.push(...(await olderThan(`${storeDirectory}/texts`, options.textsBeforeMs ?? 0)));
  trash.push(...(await deadRecords(storeDirectory, options.failedBeforeMs)));
  if (trash.length > 0) {
    await options.removeTrees(trash);
    await removeEmptyRecordDirectories(storeDirectory);
  }
  return { removed, keptBytes };
}

async function olderThan(directory: string, beforeMs: number): Promise<readonly string[]> {
  const old: string[] = [];
  for (const name of await readdir(directory).catch(() => [])) {
    const status = await stat(`${directory}/${name}`).catch(() => undefined);
    if (status !== undefined && status.mtimeMs < beforeMs) old.push(`${directory}/${name}`);
  }
  return old;
}

/** Records whose layer is gone, and those that were not finished long ago; other builds may be writing some just now. */
async function deadRecords(storeDirectory: string, unfinishedBeforeMs: number): Promise<readonly string[]> {
  const dead: string[] = [];
  for (const directory of await recordDirectories(storeDirectory)) {
    for (const name of await readdir(directory).catch(() => [])) {
      const path = `${directory}/${name}`;
      if (!isSealedName(name)) {
        const status = await stat(path).catch(() => undefined);
        if (status !== undefined && status.mtimeMs < unfinishedBeforeMs) dead.push(path);
        continue;
      }
      const id = /"layer":\{"id":"([^"]+)"/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
      const isAlive = id === undefined || (await stat(`${storeDirectory}/layers/${id}`).catch(() => undefined));
      if (!isAlive) dead.push(path);
    }
  }
  return dead;
}

/** Directories of records that became empty go, whoever makes one again at the same moment. */
async function removeEmptyRecordDirectories(storeDirectory: string): Promise<void> {
  for (const directory of await recordDirectories(storeDirectory)) {
    for (const path of [directory, dirname(directory)]) await rmdir(path).catch(() => undefined);
  }
}

/** One for each state and phase. */
async function recordDirectories(storeDirectory: string): Promise<readonly string[]> {
  const base = `${storeDirectory}/records`;
  const found: string[] = [];
  for (const parent of await readdir(base).catch(() => []))
    for (const phase of await readdir(`${base}/${parent}`).catch(() => [])) found.push(`${base}/${parent}/${phase}`);
  return found;
}
