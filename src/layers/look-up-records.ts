import type { HookRun } from '../model/step-context.js';
import type { HookDeclaration } from './cache-declaration.js';
import { type FoundRecord, findRecord, type RecordSearch } from './find-record.js';
import { digestAfter } from './layer-stack.js';
import type { LayerStore } from './layer-store.js';
import type { StepInputs } from './step-inputs.js';
import type { TreeSurroundings } from './tree-surroundings.js';

/** What {@link lookUpRecords} needs. */
export interface RecordsLookUp extends Pick<RecordSearch, 'run' | 'isTrusted' | 'nowMs' | 'findLayer' | 'texts'> {
  readonly store: Pick<LayerStore, 'records'>;
  readonly inputs: Pick<StepInputs, 'declaredOf' | 'sourcesOf' | 'digestOfHook'>;
  readonly declarationOf: (run: HookRun) => HookDeclaration | undefined;
  /** State of the tree before the run. */
  readonly state: string;
  readonly mounts: TreeSurroundings['mounts'];
  /** Paths in the staging directory that anything has read since the build began. */
  readonly everRead: ReadonlySet<string>;
  /** Layers in use: an overlay cannot have one twice. */
  readonly layersBelow: readonly string[];
}

/** Records that follow each other, and why there is no further one; nothing is said where no record ever was. */
export interface FoundRecords {
  readonly records: readonly FoundRecord[];
  readonly because: readonly string[];
}

/** Whether what a hook does can be kept: one inside the tree unless told otherwise, one on the host when it is pure. */
export function mayBeKept(run: HookRun, declaration: HookDeclaration | undefined): boolean {
  if (declaration?.isNever === true) return false;
  return run.place === 'chroot' || declaration?.isPure === true;
}

/** The same run, the first hooks done. */
export function runAfter(run: HookRun, doneCount: number): HookRun {
  return { ...run, hooks: run.hooks.slice(doneCount) };
}

/** Finds as many records as follow each other and stand for the next hooks of a run. */
export async function lookUpRecords(options: RecordsLookUp): Promise<FoundRecords> {
  const { inputs, declarationOf, mounts } = options;
  const records: FoundRecord[] = [];
  const read = new Set(options.everRead);
  const below = [...options.layersBelow];
  let state = options.state;
  let rest = options.run;
  while (rest.hooks.length > 0) {
    const declaration = declarationOf(rest);
    if (!mayBeKept(rest, declaration)) break;
    const declared = await inputs.declaredOf(declaration, rest);
    const found = await findRecord({
      run: rest,
      records: await options.store.records(state, rest.phase),
      sources: inputs.sourcesOf(rest, { mounts, declaration, declared, everRead: new Set(read) }),
      digestOfHook: inputs.digestOfHook,
      isTrusted: options.isTrusted,
      nowMs: options.nowMs,
      layersBelow: below,
      findLayer: options.findLayer,
      texts: options.texts,
    });
    if (found === undefined || !('record' in found)) return { records, because: found ?? [] };
    records.push(found);
    if (found.layer !== undefined) below.push(found.layer.id);
    for (const path of Object.keys(found.record.inputs.files)) read.add(path);
    state = digestAfter(state, found.record.layer) ?? state;
    rest = runAfter(rest, found.record.hooks.length);
    // What it does beside the tree may matter to the next ones.
    if (declaration?.afterReuse !== undefined) break;
  }
  return { records, because: [] };
}
