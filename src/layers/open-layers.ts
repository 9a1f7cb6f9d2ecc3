import { appendFile, rename } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import { digestOfFields } from '../base/digest.js';
import type { Phase } from '../model/phase.js';
import type { Locks, Ports } from '../model/ports.js';
import type { CacheMode } from '../model/request.js';
import type { HookRun, TreeLayers } from '../model/step-context.js';
import type { Workspace } from '../model/workspace.js';
import type { HookDeclaration } from './cache-declaration.js';
import { findEarlierStep } from './find-causes.js';
import type { FoundRecord } from './find-record.js';
import { asksForHooks } from './gather-inputs.js';
import type { JobSlot } from './job-slot.js';
import type { KeptTexts } from './kept-texts.js';
import type { Decision, Layer, StepTrace, UnitRecord } from './layer-record.js';
import { openLayerStack } from './layer-stack.js';
import { type LayerStore, removeTree } from './layer-store.js';
import type { LayeredTree } from './layered-tree.js';
import { takeLease } from './lease-layers.js';
import { type FoundRecords, lookUpRecords, mayBeKept, runAfter } from './look-up-records.js';
import type { StagingReads, StagingWatch } from './staging-watch.js';
import { openStepInputs, type StepInputsOptions } from './step-inputs.js';
import { hostEachTime, neverKept, openStepJournal, type StepJournalOptions } from './step-journal.js';
import {
  describeSurroundingChanges,
  readForeignMounts,
  readSurroundings,
  type SurroundingsOptions,
} from './tree-surroundings.js';
import { makeRecord, type OpenUnit, readNetworkUse } from './unit-record.js';

/** What {@link openLayers} needs. */
export interface LayersOptions
  extends Pick<SurroundingsOptions, 'ownMounts' | 'cacheMounts'>,
    Pick<StepInputsOptions, 'kernel' | 'engineDigest' | 'resolveDeclared' | 'stateOfArchive'>,
    Pick<StepJournalOptions, 'declarationOf' | 'earlierSteps' | 'elementOf' | 'setterOf'> {
  readonly mode: Exclude<CacheMode, 'off'>;
  readonly isOffline: boolean;
  readonly workspace: Workspace;
  readonly store: LayerStore;
  readonly tree: LayeredTree;
  readonly watch: StagingWatch;
  readonly locks: Locks;
  readonly ports: Ports;
  /** Wraps the wait for another build: what this one holds of the machine is free meanwhile. */
  readonly whileWaiting?: JobSlot['whileWaiting'];
  /** Hooks that took less together share a layer. */
  readonly mergeBelowMs: number;
  /** How old a record may be that the network had a part in. */
  readonly maximumAgeMs: number;
  /** Carries out what a declaration asks for when its hook is reused: mounts, mostly. */
  readonly afterReuse: (declaration: HookDeclaration, run: HookRun) => Promise<void>;
  /**
   * Keeps hooks inside from making files in the staging directory, which is read-only for them by contract; where the
   * kernel is to keep access times, a mount cannot be.
   */
  readonly setStagingFrozen: (isFrozen: boolean) => Promise<void>;
  /** Units that began a layer in the last build of this image, as `phase/hook`. */
  readonly earlierStarts: ReadonlySet<string>;
  /** Texts of what was read, for explanations. */
  readonly texts: KeptTexts;
}

/** The layers of one build, and what it decided. */
export interface OpenLayers extends TreeLayers {
  /** Digest of the tree as it is: the same for the same content, whatever the times in it. Undefined when not known. */
  state(): Promise<string | undefined>;
  decisions(): readonly Decision[];
  /** What each step read and left, in the same order. */
  traces(): readonly StepTrace[];
  /** Layers in use, bottom first. */
  stack(): readonly string[];
  /** What a failed hook left, below the store. */
  failed(): { readonly phase: Phase; readonly hook: string; readonly directory: string } | undefined;
  close(): Promise<void>;
}

/**
 * With more layers than this the hooks of a phase share one: the kernel takes 500 (fs/overlayfs/params.h,
 * OVL_MAX_STACK), and host hooks between phases add theirs.
 */
const maximumDepth = 200;

/** Opens the layers of a build: the tree becomes an overlay at once. */
export async function openLayers(options: LayersOptions): Promise<OpenLayers> {
  const { store, tree, watch, ports, workspace } = options;
  const isTrusted = options.mode === 'trust' || options.isOffline;
  const everRead = new Set<string>();
  let unit: OpenUnit | undefined;
  let failure: ReturnType<OpenLayers['failed']>;
  const lease = await takeLease(store.directory, options.locks);

  const inputs = openStepInputs({ ...options, treeDirectory: workspace.treeDirectory, salt: store.salt });
  const journal = openStepJournal({ ...options, inputs, isTrusted, readMounts: () => readForeignMounts(options) });
  const stack = await openLayerStack({ store, tree, lease, programs: ports.programs });

  /** Sees to it that the state is known: saves what host hooks and the engine did. */
  async function settle(): Promise<boolean> {
    if (unit !== undefined) await closeUnit();
    return (await stack.seal()) !== 'busy';
  }

  async function closeUnit(): Promise<void> {
    const open = unit;
    if (open === undefined) return;
    unit = undefined;
    try {
      const reads = watch.end();
      for (const path of reads.files) everRead.add(path);
      const reasons = [...(await reasonsNotToSave(open))];
      if (reads.changes.length > 0) {
        reasons.push(`it changed ${reads.made[0] ?? reads.changes[0]} in the staging directory`);
        if (open.run.place === 'chroot') await undoStagingChanges(open, reads);
      }
      const layer = await stack.seal();
      if (layer === 'busy') reasons.push('a process that a hook left running uses the tree');
      const saved = reasons.length > 0 || layer === 'busy' ? undefined : await save(open, reads, layer, reasons);
      const seen = saved?.inputs ?? (await inputs.inputsOf(open.run, open, reads, open.hooks.length));
      options.texts.keep(seen);
      const after = stack.digest();
      journal.note({
        phase: open.run.phase,
        hooks: open.hooks,
        decision: {
          outcome: 'run',
          because: [...open.because, ...reasons.map((reason) => `not kept: ${reason}`)],
          durationMs: open.durationMs,
          ...(typeof layer === 'object' ? { layer: layer.id } : {}),
          depth: stack.depth(),
        },
        trace: {
          ...(open.parent === undefined ? {} : { before: open.parent }),
          ...(after === undefined || layer === 'busy' ? {} : { after }),
          inputs: seen,
          notKept: reasons,
          ...(saved === undefined ? {} : { record: saved.id, ...expiryOf(saved) }),
        },
      });
    } finally {
      await open.releaseLock?.();
    }
  }

  /** Keeps a record of hooks that have run, or adds the reasons why there is none. */
  async function save(
    { parent, ...open }: OpenUnit,
    reads: StagingReads,
    layer: Layer | undefined,
    reasons: string[],
  ): Promise<UnitRecord | undefined> {
    if (parent === undefined) return undefined;
    const networkUseNow = await readNetworkUse();
    const record = await makeRecord({ parent, ...open }, reads, layer, {
      ...options,
      inputs,
      isTrusted,
      networkUseNow,
    });
    if ('hooks' in record) return store.saveRecord(record);
    reasons.push(...record);
    return undefined;
  }

  async function reasonsNotToSave(open: OpenUnit): Promise<readonly string[]> {
    const reasons: string[] = [];
    if (open.parent === undefined) reasons.push('the tree before it is not known');
    if (open.declaration?.isNever === true) reasons.push('it is declared never to be kept');
    if (open.mounts === undefined) reasons.push('too much is mounted below the tree');
    if (open.run.place === 'host') return reasons;
    return [...reasons, ...describeSurroundingChanges(open.surroundings, await readSurroundings(options))];
  }

  /** Whether the layer depends on which hooks there are and the next hook does not: then it is not drawn into that. */
  function asksForMore(open: OpenUnit, next: HookRun['hooks'][number]): boolean {
    const last = open.run.hooks[open.hooks.length - 1];
    const asks = (path: string | undefined): boolean =>
      path !== undefined && asksForHooks(open.run.phase, path, inputs.scriptOf);
    return asks(last?.path) && !asks(next.path);
  }

  /** Hooks in the image could never write there: what they made goes, what they changed ends the build. */
  async function undoStagingChanges(open: OpenUnit, reads: StagingReads): Promise<void> {
    const isMade = (path: string): boolean => reads.made.includes(path);
    for (const path of reads.made) await removeTree(`${workspace.stagingDirectory}/${path}`);
    const parents = new Set(reads.made.map((path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')));
    const changed = reads.changes.filter((path) => !isMade(path) && !parents.has(path));
    if (changed.length > 0) throw stagingWritten(open, changed);
  }

  /** Lays the records' layers over the tree, all at once; the number of hooks that are done by that. */
  async function apply(found: readonly FoundRecord[], run: HookRun): Promise<number> {
    const layers = found.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
    if (!(await stack.add(layers))) return 0;
    let doneCount = 0;
    for (const [at, { record }] of found.entries()) {
      const before = stack.digest();
      stack.advance(record.layer);
      const reached = stack.digest();
      const earlier = findEarlierStep(options.earlierSteps, runAfter(run, doneCount));
      const isOther = earlier !== undefined && earlier.record !== record.id;
      const because = isOther ? await journal.causesOf(runAfter(run, doneCount), before) : [];
      journal.note({
        phase: run.phase,
        hooks: record.hooks,
        decision: {
          outcome: 'reused',
          because,
          durationMs: record.durationMs,
          ...(record.layer === undefined ? {} : { layer: record.layer.id }),
          depth: stack.depth() - layers.length + found.slice(0, at + 1).filter((one) => one.layer !== undefined).length,
        },
        trace: {
          ...(before === undefined ? {} : { before }),
          ...(reached === undefined ? {} : { after: reached }),
          inputs: record.inputs,
          ...(record.salt === undefined ? {} : { salt: record.salt }),
          notKept: [],
          record: record.id,
          ...expiryOf(record),
        },
      });
      for (const path of Object.keys(record.inputs.files)) everRead.add(path);
      options.texts.keep(record.inputs);
      for (const _ of record.hooks) {
        const one = runAfter(run, doneCount);
        doneCount += 1;
        const declaration = options.declarationOf(one);
        if (declaration !== undefined) await options.afterReuse(declaration, one);
      }
    }
    return doneCount;
  }

  async function lookUp(run: HookRun, state: string): Promise<FoundRecords> {
    return lookUpRecords({
      run,
      store,
      inputs,
      declarationOf: options.declarationOf,
      state,
      mounts: await readForeignMounts(options),
      everRead,
      layersBelow: stack.layers().map((layer) => layer.id),
      isTrusted,
      nowMs: ports.clock.nowMs(),
      async findLayer(id) {
        await appendFile(lease.path, `layer ${id}\n`);
        return store.find(id);
      },
      texts: journal.texts,
    });
  }

  /** A hook that runs each time and has ended, with its decision's place. */
  let beside: { readonly run: HookRun; readonly at: number; readonly everRead: ReadonlySet<string> } | undefined;

  /** Reads of hooks that are in no unit: what they read may be in the tree afterwards. */
  async function noteReads(): Promise<void> {
    const ended = beside;
    beside = undefined;
    if (ended === undefined) return;
    const reads = watch.end();
    for (const path of reads.files) everRead.add(path);
    const { run, at } = ended;
    const declaration = options.declarationOf(run);
    const declared = await inputs.declaredOf(declaration, run);
    const made = new Set(reads.changes);
    const seen = await inputs.inputsOf(
      run,
      { mounts: {}, declaration, everRead: ended.everRead, declared },
      { files: reads.files.filter((path) => !made.has(path)), listings: reads.listings },
      1,
    );
    options.texts.keep(seen);
    const because = await journal.causesOf(run, undefined);
    journal.amend(at, because, { inputs: seen, ...(made.size === 0 ? {} : { made: [...made] }) });
  }

  async function acquireWork(lockPath: string): Promise<() => Promise<void>> {
    const wait = (): Promise<() => Promise<void>> => {
      // The host may be another one afterwards.
      inputs.forgetDeclared();
      return options.locks.acquire(lockPath);
    };
    return (await options.locks.tryAcquire(lockPath)) ?? options.whileWaiting?.(wait) ?? wait();
  }

  let waiting:
    | { readonly because: readonly string[]; readonly releaseLock: (() => Promise<void>) | undefined }
    | undefined;

  function describeHook(hook: HookRun['hooks'][number]): OpenUnit['hooks'][number] {
    return { name: hook.name, element: hook.element, digest: inputs.digestOfHook(hook) };
  }

  async function openUnit(run: HookRun): Promise<OpenUnit> {
    const declaration = options.declarationOf(run);
    const declared = await inputs.declaredOf(declaration, run);
    const surroundings = await readSurroundings(options);
    const opened: OpenUnit = {
      run,
      parent: (await stack.isDirty()) ? undefined : stack.digest(),
      hooks: [],
      declaration,
      declared,
      mounts: surroundings.mounts,
      surroundings,
      archives: await inputs.archivesOf(declared),
      networkUse: await readNetworkUse(),
      startedMs: ports.clock.nowMs(),
      because: waiting?.because ?? [],
      releaseLock: waiting?.releaseLock,
      everRead: new Set(everRead),
      durationMs: 0,
    };
    waiting = undefined;
    watch.begin();
    return opened;
  }

  let isStagingFrozen = false;
  async function freezeStaging(isFrozen: boolean): Promise<void> {
    if (isFrozen === isStagingFrozen) return;
    await options.setStagingFrozen(isFrozen);
    isStagingFrozen = isFrozen;
  }

  return {
    async reuse(run) {
      const [first] = run.hooks;
      if (first === undefined) return 0;
      inputs.forgetDeclared();
      const kept = mayBeKept(run, options.declarationOf(run));
      if (unit !== undefined) {
        const isStart = options.earlierStarts.has(`${run.phase}/${first.name}`) && stack.depth() < maximumDepth;
        const mustEnd =
          !kept ||
          isStart ||
          run.place !== unit.run.place ||
          hasOwnInputs(options.declarationOf(run)) ||
          isNarrowed(unit.declaration) ||
          asksForMore(unit, first);
        if (!mustEnd) return 0;
        await closeUnit();
      } else await noteReads();
      if (!kept) {
        waiting = {
          because: [run.place === 'host' ? hostEachTime : neverKept],
          releaseLock: undefined,
        };
        return 0;
      }
      const isSettled = await settle();
      const state = stack.digest();
      if (!isSettled || state === undefined) {
        stack.forgetDigest();
        waiting = { because: ['the tree before it is not known'], releaseLock: undefined };
        return 0;
      }
      if (options.mode === 'fresh') {
        waiting = { because: ['asked to run everything (--cache=fresh)'], releaseLock: undefined };
        return 0;
      }
      const found = await lookUp(run, state);
      if (found.records.length > 0) {
        const count = await apply(found.records, run);
        if (count > 0) return count;
      }
      // Another build may be making just this: then it is waited for, and found.
      const releaseLock = await acquireWork(store.lockPath([state, run.phase, first.name, inputs.digestOfHook(first)]));
      const again = await lookUp(run, state);
      if (again.records.length > 0) {
        await releaseLock();
        const count = await apply(again.records, run);
        if (count > 0) return count;
        waiting = { because: ['the tree is in use'], releaseLock: undefined };
        return 0;
      }
      const causes = await journal.causesOf(run, state);
      const reasons = again.because.length > 0 ? again.because : [nothingKnown(journal.decisions().at(-1))];
      waiting = { because: causes.length > 0 ? causes : reasons, releaseLock };
      return 0;
    },
    async beforeHook(run) {
      const [first] = run.hooks;
      if (first === undefined) return;
      await freezeStaging(run.place === 'chroot');
      if (!mayBeKept(run, options.declarationOf(run))) {
        watch.begin();
        return;
      }
      unit ??= await openUnit(run);
      unit.hooks.push(describeHook(first));
    },
    async afterHook(run, durationMs) {
      if (unit === undefined) {
        const at = journal.note({
          phase: run.phase,
          hooks: run.hooks.slice(0, 1).map((hook) => describeHook(hook)),
          decision: { outcome: 'run', because: waiting?.because ?? [], durationMs, depth: stack.depth() },
          trace: { notKept: [] },
        });
        beside = { run, at, everRead: new Set(everRead) };
        waiting = undefined;
        return;
      }
      unit.durationMs += durationMs;
      if (unit.durationMs >= options.mergeBelowMs && stack.depth() < maximumDepth) await closeUnit();
    },
    async keepFailure(run, { isTreeDropped } = { isTreeDropped: false }) {
      const failed = unit;
      unit = undefined;
      const name = run.hooks[0]?.name ?? '';
      journal.note({
        phase: run.phase,
        hooks: failed?.hooks ?? [],
        decision: {
          outcome: 'failed',
          because: failed?.because ?? [],
          durationMs: failed?.durationMs ?? 0,
          depth: stack.depth(),
        },
        trace: { notKept: ['it failed'] },
      });
      if (failed !== undefined) options.texts.keep(await inputs.inputsOf(run, failed, { files: [], listings: [] }, 1));
      await failed?.releaseLock?.();
      if (isTreeDropped) return;
      const keptName = digestOfFields([run.phase, name, stack.changes()]).slice(0, 16);
      await rename(stack.changes(), `${store.directory}/failed/${keptName}`);
      failure = { phase: run.phase, hook: name, directory: `failed/${keptName}` };
    },
    async endPhase() {
      await closeUnit();
      if (beside !== undefined) await noteReads();
      await freezeStaging(false);
      await waiting?.releaseLock?.();
      waiting = undefined;
    },
    async state() {
      return (await settle()) ? stack.digest() : undefined;
    },
    failed: () => failure,
    decisions: journal.decisions,
    traces: journal.traces,
    stack: () => stack.layers().map((layer) => layer.id),
    async close() {
      await stack.close();
      await lease.release();
    },
  };
}

/** What a hook declares counts for the whole layer, so such a hook begins one. */
function hasOwnInputs(declaration: HookDeclaration | undefined): boolean {
  if (declaration === undefined) return false;
  const { hostFiles, hostCommands, archivesCommand, maximumAgeMs } = declaration;
  const hasMore = hostFiles.length + hostCommands.length > 0 || archivesCommand !== undefined;
  return hasMore || maximumAgeMs !== undefined || isNarrowed(declaration);
}

/** What a hook declares not to count does not count for its layer, so it has one of its own. */
function isNarrowed(declaration: HookDeclaration | undefined): boolean {
  return declaration !== undefined && declaration.placeVariables.length > 0;
}

function nothingKnown(before: Decision | undefined): string {
  return before?.outcome === 'run'
    ? `it never ran on the tree that ${before.phase}.d/${before.hooks.at(-1)} left now`
    : 'it never ran on this tree';
}

function expiryOf({ createdMs, maximumAgeMs }: UnitRecord): { readonly expiresMs?: number } {
  return maximumAgeMs === undefined ? {} : { expiresMs: createdMs + maximumAgeMs };
}

function stagingWritten(open: OpenUnit, changes: readonly string[]): BuildError {
  return new BuildError({
    code: 'HOOK_FAILED',
    message: `the staging directory is read-only in the image, but one of the hooks ${open.hooks
      .map((hook) => `${open.run.phase}.d/${hook.name}`)
      .join(', ')} changed ${changes.slice(0, 5).join(', ')} there`,
    hint: 'write to /tmp or to the image instead; --cache=off mounts the directory read-only',
  });
}
