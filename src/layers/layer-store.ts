import { statfsSync } from 'node:fs';
import { link, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { assetsDirectory } from '../base/assets.js';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { digestOf, digestOfFields } from '../base/digest.js';
import { formatBytes } from '../base/units.js';
import type { Phase } from '../model/phase.js';
import type { Programs } from '../model/ports.js';
import { digestOfTable, type LayerEntry, parseLayerTable } from './layer-entry.js';
import type { Layer, UnitRecord } from './layer-record.js';
import { readLayerTable } from './read-layer-table.js';

const maximumAttempts = 10;

/** Layers with no more entries than this are looked at without starting a program. */
const smallLayerEntries = 500;

/** Changes when what is stored, or what a stored record means, changes: other stores are not looked at. */
const formatVersion = 1;

/** The layers and records below one directory. Every path handed out lies in it. */
export interface LayerStore {
  readonly directory: string;
  /** Joined to values before their digests are stored. */
  readonly salt: string;
  /** Makes a directory for changes to come, leased by {@link LayerStore.lease}. */
  makePartial(): Promise<string>;
  /**
   * Takes the `upper` of a partial directory in as a layer, or drops it when the store has the same one.
   *
   * @param options.volatilePath an entry that later layers must not depend on: the host's resolver configuration
   * @param options.taken layers that it will lie on: an overlay cannot have one twice, a second one gets a name of its own
   */
  publish(
    partial: string,
    options: { readonly volatilePath?: string; readonly taken: readonly string[] },
  ): Promise<Layer>;
  /** The layer, when it is there and undamaged; a damaged one is removed. Counts as a use. */
  find(id: string): Promise<Layer | undefined>;
  /** Directory of a layer's files. */
  treeOf(id: string): string;
  /** All records of a state and phase that can be read, newest first. */
  records(parent: string, phase: Phase): Promise<readonly UnitRecord[]>;
  saveRecord(record: Omit<UnitRecord, 'id'>): Promise<UnitRecord>;
  /** Path of the lock for a piece of work that two builds should not do twice. */
  lockPath(fields: readonly string[]): string;
}

/** What {@link openLayerStore} needs. */
export interface LayerStoreOptions {
  readonly directory: string;
  readonly programs: Programs;
  /** Warns of damage found. */
  readonly warn: (text: string) => void;
  readonly newSalt: () => string;
  /** Text of `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
}

/** Opens a store, made when it is not there. */
export async function openLayerStore(options: LayerStoreOptions): Promise<LayerStore> {
  const directory = `${options.directory}/v${formatVersion}`;
  for (const name of ['layers', 'records', 'partial', 'locks', 'leases', 'failed', 'builds', 'traces', 'results'])
    await mkdir(`${directory}/${name}`, { recursive: true, mode: 0o700 });
  const salt = await readSalt(directory, options.newSalt);
  const treeOf = (id: string): string => `${directory}/layers/${id}/tree`;

  /**
   * The table of entries each time; the whole content once after each start of the machine, as nothing is synced when
   * a layer is made.
   */
  const isUndamaged = async (layer: Layer): Promise<boolean> => {
    const tree = treeOf(layer.id);
    const marker = `${directory}/layers/${layer.id}/checked`;
    const isFresh =
      layer.bootId === options.bootId || (await readFile(marker, 'utf8').catch(() => '')) === options.bootId;
    if (isFresh && layer.entryCount <= smallLayerEntries) {
      const table = readLayerTable(tree);
      if (table !== undefined) return digestOfTable(table) === layer.tableDigest;
    }
    const { stdout, exitStatus } = await options.programs.run({
      program: `${assetsDirectory}/sandbox/digest-layer`,
      arguments: isFresh
        ? ['--table', tree]
        : [tree, ...(layer.volatilePath === undefined ? [] : [layer.volatilePath])],
    });
    if (exitStatus !== 0) return false;
    if (isFresh) return digestOfTable(parseLayerTable(stdout)) === layer.tableDigest;
    const { digest, entries } = parseDigest(stdout);
    if (digestOfTable(entries) !== layer.tableDigest) return false;
    if (contentDigestOf(digest, entries, layer.volatilePath) !== layer.contentDigest) return false;
    await writeFile(marker, options.bootId);
    return true;
  };

  return {
    directory,
    salt,
    treeOf,
    makePartial: () => mkdtemp(`${directory}/partial/`),
    lockPath: (fields) => `${directory}/locks/${digestOfFields(fields).slice(0, 32)}`,
    async publish(partial, { volatilePath, taken }) {
      const upper = `${partial}/upper`;
      const { digest, entries, hasRootAttributes } = await digestLayer(upper, volatilePath, options.programs);
      const contentDigest = contentDigestOf(digest, entries, volatilePath);
      const volatileText =
        volatilePath === undefined ? '' : await readFile(`${upper}/${volatilePath}`, 'latin1').catch(() => 'absent');
      const plainId = digestOfFields([contentDigest, volatileText]).slice(0, 40);
      let id = plainId;
      for (let count = 2; taken.includes(id); count += 1) id = `${plainId}-${count}`;
      const layer: Layer = {
        id,
        contentDigest,
        tableDigest: digestOfTable(entries),
        sizeBytes: sizeOf(entries),
        entryCount: entries.length,
        hasRootAttributes,
        ...(volatilePath === undefined ? {} : { volatilePath }),
        bootId: options.bootId,
      };
      // Asked first: what another build publishes from now on is whole, and maybe in use already.
      const isThere = await stat(`${directory}/layers/${id}`).then(
        () => true,
        () => false,
      );
      const known = await readSealed<Layer>(`${directory}/layers/${id}/layer.json`);
      if (known !== undefined && (await isUndamaged(known))) {
        await removeTree(upper);
        return known;
      }
      if (isThere) await removeTree(`${directory}/layers/${id}`);
      await mkdir(`${partial}/layer`, { mode: 0o700 });
      await rename(upper, `${partial}/layer/tree`);
      await writeSealed(`${partial}/layer/layer.json`, layer);
      try {
        await rename(`${partial}/layer`, `${directory}/layers/${id}`);
      } catch (error) {
        // Another build was quicker with the same one.
        if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
      }
      return layer;
    },
    async find(id) {
      const path = `${directory}/layers/${id}/layer.json`;
      const layer = await readSealed<Layer>(path);
      if (layer !== undefined && (await isUndamaged(layer))) {
        await touch(path);
        return layer;
      }
      if (layer !== undefined || (await readdir(`${directory}/layers/${id}`).catch(() => undefined)) !== undefined) {
        options.warn(`layer ${id} in ${directory} is damaged: it is removed and made again`);
        await removeTree(`${directory}/layers/${id}`);
      }
      return undefined;
    },
    async records(parent, phase) {
      const base = `${directory}/records/${parent}/${phase}`;
      const names = (await readdir(base).catch(() => [])).filter(isSealedName);
      const records = await Promise.all(names.map((name) => readSealed<UnitRecord>(`${base}/${name}`)));
      return records.filter((record) => record !== undefined).sort((left, right) => right.createdMs - left.createdMs);
    },
    async saveRecord(content) {
      const id = digestOfFields([
        content.parent,
        content.phase,
        JSON.stringify(content.hooks),
        JSON.stringify(content.inputs),
      ]).slice(0, 32);
      const record: UnitRecord = { id, ...content };
      const base = `${directory}/records/${content.parent}/${content.phase}`;
      for (let attempt = 1; ; attempt += 1) {
        await mkdir(base, { recursive: true, mode: 0o700 });
        try {
          await writeSealed(`${base}/${id}.json`, record);
          return record;
        } catch (error) {
          // Another build has removed the directory while it was empty.
          if (!hasErrorCode(error, 'ENOENT') || attempt === maximumAttempts) throw error;
        }
      }
    },
  };
}

/** What the content of a layer comes to now: a digest and the table of its entries. */
export async function digestLayer(
  upper: string,
  leftOut: string | undefined,
  programs: Programs,
): Promise<ReturnType<typeof parseDigest>> {
  const { stdout } = await programs.require({
    program: `${assetsDirectory}/sandbox/digest-layer`,
    arguments: [upper, ...(leftOut === undefined ? [] : [leftOut])],
  });
  return parseDigest(stdout);
}

function parseDigest(text: string): {
  readonly digest: string;
  readonly hasRootAttributes: boolean;
  readonly entries: readonly LayerEntry[];
} {
  const [line = ''] = text.split('\n', 1);
  return {
    digest: line.slice(0, 64),
    hasRootAttributes: line.endsWith(' attributes'),
    entries: parseLayerTable(text.slice(line.length + 1)),
  };
}

/** Joins the digest of {@link digestLayer} with what it does not see: sockets, and which path was left out. */
export function contentDigestOf(
  digest: string,
  entries: readonly LayerEntry[],
  volatilePath: string | undefined,
): string {
  const sockets = entries
    .filter((entry) => entry.kind === 's')
    .map((entry) => `${entry.path} ${entry.mode} ${entry.userId} ${entry.groupId}`);
  return digestOfFields([digest, ...sockets, volatilePath ?? '']);
}

function sizeOf(entries: readonly LayerEntry[]): number {
  const counted = new Set<string>();
  let sizeBytes = 0;
  for (const entry of entries) {
    if (counted.has(entry.inode)) continue;
    counted.add(entry.inode);
    sizeBytes += entry.usedBytes;
  }
  return sizeBytes;
}

/** The salt of a store that is there. */
export function readStoreSalt(directory: string): Promise<string> {
  return readFile(`${directory}/salt`, 'utf8');
}

async function readSalt(directory: string, newSalt: () => string): Promise<string> {
  const path = `${directory}/salt`;
  const known = await readFile(path, 'utf8').catch(() => undefined);
  // An empty one is what a power loss leaves.
  if (known === '') await rm(path, { force: true });
  else if (known !== undefined) return known;
  // Linked when it is whole: another build may look at this moment.
  const unfinished = await mkdtemp(`${path}.`);
  try {
    await writeFile(`${unfinished}/new`, newSalt(), { mode: 0o600 });
    await link(`${unfinished}/new`, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return readFile(path, 'utf8');
}

/** Marks a use, for the order of removal. */
async function touch(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    // Writing nothing changes no time; the first byte is always the same.
    await file.write('{', 0);
  } finally {
    await file.close();
  }
}

/**
 * Writes JSON with a digest of itself, then renames it into place. Nothing is synced, which would wait for all data of
 * the layers too: what a power loss leaves half written does not fit its digest, and counts as not there.
 */
export async function writeSealed(path: string, value: object): Promise<void> {
  const text = JSON.stringify(value);
  // A place of its own: two builds may write the same one at once.
  let unfinished: string | undefined;
  try {
    unfinished = await mkdtemp(`${path}.`);
    await writeFile(`${unfinished}/new`, `{"digest":"${digestOf(text)}","value":${text}}\n`, { mode: 0o600 });
    await rename(`${unfinished}/new`, path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOSPC') || hasErrorCode(error, 'EDQUOT')) throw storeFull(path, error);
    throw error;
  } finally {
    if (unfinished !== undefined) await rm(unfinished, { recursive: true, force: true });
  }
}

/** Whether a name in a directory of sealed files is one of them, not what is left when {@link writeSealed} is killed. */
export function isSealedName(name: string): boolean {
  return name.endsWith('.json');
}

/** Reads what {@link writeSealed} wrote; undefined when it is not there or not whole. */
export async function readSealed<Value>(path: string): Promise<Value | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const match = text === undefined ? null : /^\{"digest":"([0-9a-f]{64})","value":(.*)\}\n$/s.exec(text);
  if (match === null || digestOf(match[2] ?? '') !== match[1]) return undefined;
  return JSON.parse(match[2] ?? '') as Value;
}

/** The error for a full store. */
export function storeFull(path: string, cause: unknown): BuildError {
  const { bavail, blocks, bsize } = statfsSync(dirname(path));
  return new BuildError({
    code: 'SPACE_MISSING',
    message: `no space left for layers: ${formatBytes(bavail * bsize)} of ${formatBytes(blocks * bsize)} free at ${path}`,
    hint: 'free space there, run dib layers gc, choose another --image-cache, or build with --cache=off',
    cause,
  });
}

/** Removes a tree, and the overlay's work directories in it that nobody may enter. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
