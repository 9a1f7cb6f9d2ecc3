import type { HookRun } from '../model/step-context.js';
import { describeDifference, type InputTexts } from './describe-difference.js';
import { compareInputs, gatherInputs, type InputNames, type InputSources } from './gather-inputs.js';
import type { Layer, UnitRecord } from './layer-record.js';

/** A record that stands for the next hooks of a run, with its layer unless the tree stayed as it was. */
export interface FoundRecord {
  readonly record: UnitRecord;
  readonly layer?: Layer;
}

/** What {@link findRecord} needs. */
export interface RecordSearch {
  readonly run: HookRun;
  /** Those of the tree as it is and of the run's phase, newest first. */
  readonly records: readonly UnitRecord[];
  /** The inputs of the hooks, as they are now. */
  readonly sources: InputSources;
  readonly digestOfHook: (hook: HookRun['hooks'][number]) => string;
  /** Archives and the age of a record are not asked for: the caller trusts the store, or is offline. */
  readonly isTrusted: boolean;
  readonly nowMs: number;
  /** Layers in use: an overlay cannot have one twice. */
  readonly layersBelow: readonly string[];
  /** Gives a layer of the store, leased; undefined when it is gone. */
  readonly findLayer: (id: string) => Promise<Layer | undefined>;
  readonly texts: InputTexts;
}

/**
 * Finds the record of the most hooks that come next and whose inputs are as they are now.
 *
 * @returns else why there is none, by the record that comes nearest; undefined when there are no records at all
 */
export async function findRecord(search: RecordSearch): Promise<FoundRecord | readonly string[] | undefined> {
  const longestFirst = [...search.records].sort((left, right) => right.hooks.length - left.hooks.length);
  let nearest: readonly string[] | undefined;
  for (const record of longestFirst) {
    const found = await tryRecord(record, search);
    if ('record' in found) return found;
    if (nearest === undefined || found.length < nearest.length) nearest = found;
  }
  return nearest;
}

async function tryRecord(record: UnitRecord, search: RecordSearch): Promise<FoundRecord | readonly string[]> {
  const changed = changedHooks(record, search);
  if (changed.length > 0) return changed;
  const differences = await changedInputs(record, search);
  if (differences.length > 0) return differences;
  const ageMs = search.nowMs - record.createdMs;
  if (record.maximumAgeMs !== undefined && !search.isTrusted && (ageMs > record.maximumAgeMs || ageMs < 0))
    return [`it used the network, and is older than ${Math.round(record.maximumAgeMs / 3_600_000)} h`];
  if (record.layer === undefined) return { record };
  if (search.layersBelow.includes(record.layer.id)) return ['its layer is in use below already'];
  const layer = await search.findLayer(record.layer.id);
  return layer === undefined ? ['its layer is no longer in the store'] : { record, layer };
}

function changedHooks(record: UnitRecord, { run, digestOfHook, texts }: RecordSearch): readonly string[] {
  return record.hooks.flatMap((hook, index) => {
    const now = run.hooks[index];
    if (now?.name !== hook.name) return [`hook ${now?.name ?? 'nothing'} comes where ${hook.name} came`];
    if (digestOfHook(now) === hook.digest) return [];
    const name = now.path ?? now.name;
    return [describeDifference({ kind: 'files', name, change: 'changed', recorded: hook.digest }, texts)];
  });
}

async function changedInputs(record: UnitRecord, search: RecordSearch): Promise<readonly string[]> {
  const names: InputNames = {
    files: Object.keys(record.inputs.files),
    listings: Object.keys(record.inputs.listings),
    archives: search.isTrusted ? [] : Object.keys(record.inputs.archives),
  };
  const { sources } = search;
  const now = await gatherInputs(names, record.salt === undefined ? sources : { ...sources, salt: record.salt });
  const recorded = names.archives.length > 0 ? record.inputs : { ...record.inputs, archives: {} };
  const told = compareInputs(recorded, now).map((difference) => describeDifference(difference, search.texts));
  // A directory that was listed, and in which names could be asked for, says the same twice.
  return [...new Set(told)];
}
