import { readFile } from 'node:fs/promises';
import type { HookRun } from '../model/step-context.js';
import { gatherInputs } from './gather-inputs.js';
import type { Layer, UnitRecord } from './layer-record.js';
import { countNetworkUse } from './network-use.js';
import type { ArchiveState } from './release-file.js';
import type { SeenBefore, SeenReads, StepInputs } from './step-inputs.js';
import type { TreeSurroundings } from './tree-surroundings.js';

/** Hooks that run now and will be one layer. */
export interface OpenUnit extends SeenBefore {
  readonly run: HookRun;
  /** State before; undefined when it is not known, then no record is made. */
  readonly parent: string | undefined;
  readonly hooks: { readonly name: string; readonly element: string; readonly digest: string }[];
  /** As they were before. */
  readonly surroundings: TreeSurroundings;
  /** Addresses of release files that counted before. */
  readonly archives: readonly string[];
  /** Connections that the host had made before; see {@link readNetworkUse}. */
  readonly networkUse: number;
  readonly startedMs: number;
  readonly because: readonly string[];
  readonly releaseLock: (() => Promise<void>) | undefined;
  durationMs: number;
}

/** What {@link makeRecord} needs. */
export interface RecordOptions {
  readonly inputs: Pick<StepInputs, 'archivesOf' | 'filesOf' | 'scriptOf' | 'sourcesOf'>;
  readonly stateOfArchive: (address: string) => Promise<ArchiveState>;
  /** Connections that the host has made by now, before archives are asked. */
  readonly networkUseNow: number;
  /** Archives are not asked. */
  readonly isTrusted: boolean;
  /** How old a record may be that the network had a part in, in milliseconds. */
  readonly maximumAgeMs: number;
}

/** How many connections the host has made since it started. */
export async function readNetworkUse(): Promise<number> {
  return countNetworkUse(await readFile('/proc/net/snmp', 'utf8'));
}

/**
 * The record of hooks that have run, or the reasons why there can be none.
 *
 * @param layer what they changed; undefined when that is nothing
 */
export async function makeRecord(
  unit: OpenUnit & { readonly parent: string },
  reads: SeenReads,
  layer: Layer | undefined,
  options: RecordOptions,
): Promise<Omit<UnitRecord, 'id'> | readonly string[]> {
  const { inputs, isTrusted } = options;
  const files = inputs.filesOf(unit.run, reads, unit.hooks.length);
  const facts = files.map((path) => inputs.scriptOf(path).facts);
  const usesPackages = facts.some((fact) => fact.usesPackages) || unit.declared.archives !== undefined;
  const usesNetwork = options.networkUseNow !== unit.networkUse;
  const archives = usesPackages
    ? [...new Set([...unit.archives, ...(await inputs.archivesOf(unit.declared))])].sort()
    : [];
  const states = isTrusted
    ? []
    : await Promise.all(archives.map(async (address) => ({ address, ...(await options.stateOfArchive(address)) })));
  // What the hooks saw may have been the one before.
  const changed = states.filter((state) => state.modifiedMs >= unit.startedMs);
  if (changed.length > 0) return changed.map(({ address }) => `${address} changed meanwhile`);
  const areArchivesKnown = archives.length > 0 && states.every((state) => state.isKnown);
  const isExplained = usesPackages && areArchivesKnown && !facts.some((fact) => fact.usesNetwork);
  const maximumAgeMs =
    unit.declaration?.maximumAgeMs ?? (usesNetwork && !isExplained ? options.maximumAgeMs : undefined);
  return {
    parent: unit.parent,
    phase: unit.run.phase,
    place: unit.run.place,
    hooks: unit.hooks,
    inputs: await gatherInputs({ files, listings: reads.listings, archives }, inputs.sourcesOf(unit.run, unit)),
    ...(layer === undefined ? {} : { layer: { id: layer.id, contentDigest: layer.contentDigest } }),
    durationMs: unit.durationMs,
    createdMs: unit.startedMs,
    ...(maximumAgeMs === undefined ? {} : { maximumAgeMs }),
  };
}
