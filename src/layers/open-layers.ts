import { appendFile, readFile, rename } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import { digestOfFields } from '../base/digest.js';
import type { Phase } from '../model/phase.js';
import type { Locks, Ports } from '../model/ports.js';
import type { CacheMode } from '../model/request.js';
import type { HookRun, TreeLayers } from '../model/step-context.js';
import type { Workspace } from '../model/workspace.js';
import { readArchiveAddresses } from './archive-addresses.js';
import type { HookDeclaration } from './cache-declaration.js';
import type { InputTexts } from './describe-difference.js';
import { findCauses, findEarlierStep } from './find-causes.js';
import { type FoundRecord, findRecord } from './find-record.js';
import { asksForHooks, gatherInputs, type InputNames, type InputSources, readScripts } from './gather-inputs.js';
import type { JobSlot } from './job-slot.js';
import type { KeptTexts } from './kept-texts.js';
import type { Decision, Layer, StepTrace, UnitInputs, UnitRecord } from './layer-record.js';
import { digestAfter, openLayerStack } from './layer-stack.js';
import { type LayerStore, removeTree } from './layer-store.js';
import type { LayeredTree } from './layered-tree.js';
import { takeLease } from './lease-layers.js';
import { digestOfMount, digestOfSharedDevices } from './mounts-digest.js';
import { countNetworkUse } from './network-use.js';
import type { ArchiveState } from './release-file.js';
import type { StagingReads, StagingWatch } from './staging-watch.js';

/** What {@link openLayers} needs. */
export interface LayersOptions {
  readonly mode: Exclude<CacheMode, 'off'>;
  readonly isOffline: boolean;
  readonly workspace: Workspace;
  readonly store: LayerStore;
  readonly tree: LayeredTree;
  readonly watch: StagingWatch;
  readonly locks: Locks;
  readonly ports: Ports;
  readonly kernel: string;
  /** Wraps the wait for another build: what this one holds of the machine is free meanwhile. */
  readonly whileWaiting?: JobSlot['whileWaiting'];
  /** Hooks that took less together share a layer. */
  readonly mergeBelowMs: number;
  /** How old a record may be that the network had a part in. */
  readonly maximumAgeMs: number;
  /** Mount points that the engine itself made below the tree. */
  readonly ownMounts: () => readonly (readonly [source: string, mountPoint: string])[];
  readonly declarationOf: (run: HookRun) => HookDeclaration | undefined;
  /** Places in the tree on which caches are mounted whose content nobody depends on. */
  readonly cacheMounts: readonly string[];
  /** What is declared, as it is now: digests of files and commands of the host, addresses of archives. */
  readonly resolveDeclared: (declaration: HookDeclaration, run: HookRun) => Promise<Declared>;
  /** Carries out what a declaration asks for when its hook is reused: mounts, mostly. */
  readonly afterReuse: (declaration: HookDeclaration, run: HookRun) => Promise<void>;
  readonly stateOfArchive: (address: string) => Promise<ArchiveState>;
  /**
   * Keeps hooks inside from making files in the staging directory, which is read-only for them by contract; where the
   * kernel is to keep access times, a mount cannot be.
   */
  readonly setStagingFrozen: (isFrozen: boolean) => Promise<void>;
  /** Stands for the programs of the engine that hooks of the phase finalise meet in the tree. */
  readonly engineDigest: string;
  /** Units that began a layer in the last build of this image, as `phase/hook`. */
  readonly earlierStarts: ReadonlySet<string>;
  /** What the steps of that build read and left, in order. */
  readonly earlierSteps: readonly StepTrace[];
  /** Texts of what was read, for explanations. */
  readonly texts: KeptTexts;
  readonly elementOf: InputTexts['elementOf'];
  readonly setterOf: InputTexts['setterOf'];
}

/** What a hook declared, as it is now. */
export interface Declared {
  readonly digests: Readonly<Record<string, string>>;
  readonly archives?: readonly string[];
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

/** Hooks that run now and will be one layer. */
interface OpenUnit {
  readonly run: HookRun;
  /** State before; undefined when it is not known, then no record is made. */
  readonly parent: string | undefined;
  readonly hooks: { readonly name: string; readonly element: string; readonly digest: string }[];
  readonly declaration: HookDeclaration | undefined;
  readonly mounts: Readonly<Record<string, string>> | undefined;
  readonly mountPoints: string;
  readonly devices: string;
  readonly archives: readonly string[];
  readonly networkUse: number;
  readonly startedMs: number;
  readonly because: readonly string[];
  readonly releaseLock: (() => Promise<void>) | undefined;
  readonly everRead: ReadonlySet<string>;
  readonly declared: Declared;
  durationMs: number;
}

/**
 * With more layers than this the hooks of a phase share one: the kernel takes 500 (fs/overlayfs/params.h,
 * OVL_MAX_STACK), and host hooks between phases add theirs.
 */
const maximumDepth = 200;

const hostEachTime = 'host hooks run each time';
const neverKept = 'declared never to be kept';

/** Opens the layers of a build: the tree becomes an overlay at once. */
export async function openLayers(options: LayersOptions): Promise<OpenLayers> {
  const { store, tree, watch, ports, workspace } = options;
  const isTrusted = options.mode === 'trust' || options.isOffline;
  const decisions: Decision[] = [];
  const traces: StepTrace[] = [];
  const texts: InputTexts = {
    recorded: options.texts.recorded,
    now: options.texts.now,
    elementOf: options.elementOf,
    makerOf: (path) => {
      const maker = [...traces].reverse().find((step) => step.made?.includes(path) === true);
      return maker === undefined ? undefined : `${maker.phase}.d/${maker.hooks.at(-1)?.name}`;
    },
    setterOf: options.setterOf,
  };
  const everRead = new Set<string>();
  let unit: OpenUnit | undefined;
  let failure: ReturnType<OpenLayers['failed']>;
  const lease = await takeLease(store.directory, options.locks);

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
      const record = reasons.length > 0 || layer === 'busy' ? undefined : await makeRecord(open, reads, layer, reasons);
      const saved = record === undefined ? undefined : await store.saveRecord(record);
      const inputs = saved?.inputs ?? (await inputsOf(open.run, open, reads, open.hooks.length));
      options.texts.keep(inputs);
      const after = stack.digest();
      traces.push({
        phase: open.run.phase,
        hooks: open.hooks,
        ...(open.parent === undefined ? {} : { before: open.parent }),
        ...(after === undefined || layer === 'busy' ? {} : { after }),
        inputs,
        notKept: reasons,
        ...(saved === undefined ? {} : { record: saved.id, ...expiryOf(saved) }),
      });
      decisions.push({
        phase: open.run.phase,
        hooks: open.hooks.map((hook) => hook.name),
        elements: open.hooks.map((hook) => hook.element),
        outcome: 'run',
        because: [...open.because, ...reasons.map((reason) => `not kept: ${reason}`)],
        durationMs: open.durationMs,
        ...(typeof layer === 'object' ? { layer: layer.id } : {}),
        depth: stack.depth(),
      });
    } finally {
      await open.releaseLock?.();
    }
  }

  async function reasonsNotToSave(open: OpenUnit): Promise<readonly string[]> {
    const reasons: string[] = [];
    if (open.parent === undefined) reasons.push('the tree before it is not known');
    if (open.declaration?.isNever === true) reasons.push('it is declared never to be kept');
    if (open.mounts === undefined) reasons.push('too much is mounted below the tree');
    if (open.run.place === 'host') return reasons;
    if ((await mountPointsText()) !== open.mountPoints) reasons.push('it changed what is mounted');
    else if (JSON.stringify(await foreignMounts()) !== JSON.stringify(open.mounts))
      reasons.push('it changed what is mounted below the tree');
    if ((await digestOfSharedDevices(`${workspace.kernelDirectory}/dev`)) !== open.devices)
      reasons.push('it left something in /dev');
    return reasons;
  }

  async function makeRecord(
    open: OpenUnit,
    reads: { readonly files: readonly string[]; readonly listings: readonly string[] },
    layer: Layer | undefined,
    reasons: string[],
  ): Promise<Omit<UnitRecord, 'id'> | undefined> {
    const files = [...new Set([...reads.files, ...hookFiles(open.run, open.hooks.length)])].sort();
    const facts = readScripts(files, { watch, everRead: new Set() }).map((script) => script.facts);
    const usesPackages = facts.some((fact) => fact.usesPackages) || open.declared.archives !== undefined;
    const usesNetwork = countNetworkUse(await readFile('/proc/net/snmp', 'utf8')) !== open.networkUse;
    const archives = usesPackages
      ? [...new Set([...open.archives, ...(await archiveAddresses(open.declared))])].sort()
      : [];
    let areArchivesKnown = archives.length > 0;
    if (!isTrusted) {
      for (const address of archives) {
        const state = await options.stateOfArchive(address);
        if (!state.isKnown) areArchivesKnown = false;
        // What the hooks saw may have been the one before.
        if (state.modifiedMs >= open.startedMs) reasons.push(`${address} changed meanwhile`);
      }
    }
    const isExplained = usesPackages && areArchivesKnown && !facts.some((fact) => fact.usesNetwork);
    const maximumAgeMs =
      open.declaration?.maximumAgeMs ?? (usesNetwork && !isExplained ? options.maximumAgeMs : undefined);
    if (open.parent === undefined || reasons.length > 0) return undefined;
    return {
      parent: open.parent,
      phase: open.run.phase,
      place: open.run.place,
      hooks: open.hooks,
      inputs: await gatherInputs({ files, listings: reads.listings, archives }, sourcesFor(open.run, open)),
      ...(layer === undefined ? {} : { layer: { id: layer.id, contentDigest: layer.contentDigest } }),
      durationMs: open.durationMs,
      createdMs: open.startedMs,
      ...(maximumAgeMs === undefined ? {} : { maximumAgeMs }),
    };
  }

  /** What hooks read, as it is now; archives left out. */
  async function inputsOf(
    run: HookRun,
    seen: Pick<OpenUnit, 'mounts' | 'declaration' | 'everRead' | 'declared'>,
    reads: { readonly files: readonly string[]; readonly listings: readonly string[] },
    hookCount: number,
  ): Promise<UnitInputs> {
    const files = [...new Set([...reads.files, ...hookFiles(run, hookCount)])].sort();
    return gatherInputs({ files, listings: reads.listings, archives: [] }, sourcesFor(run, seen));
  }

  /** Whether the layer depends on which hooks there are and the next hook does not: then it is not drawn into that. */
  function asksForMore(open: OpenUnit, next: HookRun['hooks'][number]): boolean {
    const last = open.run.hooks[open.hooks.length - 1];
    const asks = (path: string | undefined): boolean => path !== undefined && asksForHooks(open.run.phase, path, watch);
    return asks(last?.path) && !asks(next.path);
  }

  /** The smallest differences from the last build of this image. */
  async function causesOf(run: HookRun, state: string | undefined): Promise<readonly string[]> {
    const inputsNow = async (base: StepTrace, before: ReadonlySet<string>): Promise<UnitInputs | undefined> => {
      if (base.inputs === undefined) return undefined;
      const declaration = options.declarationOf(run);
      const names: InputNames = {
        files: Object.keys(base.inputs.files),
        listings: Object.keys(base.inputs.listings),
        archives: isTrusted ? [] : Object.keys(base.inputs.archives),
      };
      const declared = await declaredOf(declaration, run);
      const mounts = await foreignMounts();
      const sources = sourcesFor(run, { mounts, declaration, everRead: before, declared });
      return gatherInputs(names, base.salt === undefined ? sources : { ...sources, salt: base.salt });
    };
    return findCauses({
      run,
      state,
      earlier: options.earlierSteps,
      steps: traces,
      inputsNow,
      digestOfHook,
      digestOfFile: (path) => watch.digestOfFile(path) ?? 'absent',
      isExplained: (index) => (decisions[index]?.because ?? []).some((cause) => !saysEachTime(cause)),
      texts,
    });
  }

  function sourcesFor(
    run: HookRun,
    seen: Pick<OpenUnit, 'mounts' | 'declaration' | 'everRead' | 'declared'>,
  ): InputSources {
    return {
      watch,
      phase: run.phase,
      environment: run.environment,
      salt: store.salt,
      everRead: seen.everRead,
      mounts: run.place === 'chroot' ? (seen.mounts ?? {}) : {},
      kernel: options.kernel,
      isDeclared: run.place === 'host',
      declared: {
        ...seen.declared.digests,
        ...(run.phase === 'finalise' ? { 'programs of the engine': options.engineDigest } : {}),
      },
      digestOfArchive: async (address) => (await options.stateOfArchive(address)).digest,
    };
  }

  /** Hooks in the image could never write there: what they made goes, what they changed ends the build. */
  async function undoStagingChanges(open: OpenUnit, reads: StagingReads): Promise<void> {
    const isMade = (path: string): boolean => reads.made.includes(path);
    for (const path of reads.made) await removeTree(`${workspace.stagingDirectory}/${path}`);
    const parents = new Set(reads.made.map((path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')));
    const changed = reads.changes.filter((path) => !isMade(path) && !parents.has(path));
    if (changed.length > 0) throw stagingWritten(open, changed);
  }

  /** Digests of what others mounted below the tree; undefined when it is too much to look at. */
  async function foreignMounts(): Promise<Readonly<Record<string, string>> | undefined> {
    const own = new Set(options.ownMounts().map(([, mountPoint]) => mountPoint));
    const mounts: Record<string, string> = {};
    for (const mountPoint of new Set(await tree.mountsBelow())) {
      const inTree = mountPoint.slice(workspace.treeDirectory.length);
      if (options.cacheMounts.includes(inTree)) continue;
      if (own.has(mountPoint)) continue;
      const digest = await digestOfMount(mountPoint);
      if (digest === undefined) return undefined;
      mounts[inTree] = digest;
    }
    return mounts;
  }

  async function mountPointsText(): Promise<string> {
    const text = await readFile('/proc/self/mountinfo', 'utf8');
    const own = options.ownMounts().map(([, mountPoint]) => mountPoint);
    return text
      .split('\n')
      .map((line) => line.split(' ')[4] ?? '')
      .filter((path) => path.startsWith(`${workspace.treeDirectory}/`))
      .filter((path) => !own.some((mine) => path === mine || path.startsWith(`${mine}/`)))
      .join('\n');
  }

  async function archiveAddresses(declared: Declared): Promise<readonly string[]> {
    return declared.archives ?? readArchiveAddresses(workspace.treeDirectory);
  }

  /** What hooks declare, as it was when their layers were asked for: until a hook runs, commands are not run again. */
  const declaredNow = new Map<string, Promise<Declared>>();

  async function declaredOf(declaration: HookDeclaration | undefined, run: HookRun): Promise<Declared> {
    if (declaration === undefined) return { digests: {} };
    const name = `${run.phase}/${run.hooks[0]?.name}`;
    const declared = declaredNow.get(name) ?? options.resolveDeclared(declaration, run);
    declaredNow.set(name, declared);
    return declared;
  }

  function hookFiles(run: HookRun, count: number): readonly string[] {
    return run.hooks.slice(0, count).flatMap((hook) => (hook.path === undefined ? [] : [hook.path]));
  }

  function digestOfHook(hook: HookRun['hooks'][number]): string {
    return hook.path === undefined ? digestOfFields([hook.name]) : (watch.digestOfFile(hook.path) ?? 'absent');
  }

  /** The longest record whose hooks come next and whose inputs are as they are now; else why there is none. */
  async function lookUp(
    run: HookRun,
    seen: Pick<OpenUnit, 'mounts' | 'declaration' | 'everRead' | 'declared'>,
    parent: string,
    layersBelow: readonly string[],
  ): Promise<FoundRecord | readonly string[]> {
    const found = await findRecord({
      run,
      records: await store.records(parent, run.phase),
      sources: sourcesFor(run, seen),
      digestOfHook,
      isTrusted,
      nowMs: ports.clock.nowMs(),
      layersBelow,
      async findLayer(id) {
        await appendFile(lease.path, `layer ${id}\n`);
        return store.find(id);
      },
      texts,
    });
    return found ?? [nothingKnown(decisions.at(-1))];
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
      const earlier = findEarlierStep(options.earlierSteps, after(run, doneCount));
      const isOther = earlier !== undefined && earlier.record !== record.id;
      const because = isOther ? await causesOf(after(run, doneCount), before) : [];
      traces.push({
        phase: run.phase,
        hooks: record.hooks,
        ...(before === undefined ? {} : { before }),
        ...(reached === undefined ? {} : { after: reached }),
        inputs: record.inputs,
        ...(record.salt === undefined ? {} : { salt: record.salt }),
        notKept: [],
        record: record.id,
        ...expiryOf(record),
      });
      for (const path of Object.keys(record.inputs.files)) everRead.add(path);
      options.texts.keep(record.inputs);
      decisions.push({
        phase: run.phase,
        hooks: record.hooks.map((hook) => hook.name),
        elements: record.hooks.map((hook) => hook.element),
        outcome: 'reused',
        because,
        durationMs: record.durationMs,
        ...(record.layer === undefined ? {} : { layer: record.layer.id }),
        depth: stack.depth() - layers.length + found.slice(0, at + 1).filter((one) => one.layer !== undefined).length,
      });
      for (const _ of record.hooks) {
        const one = after(run, doneCount);
        doneCount += 1;
        const declaration = options.declarationOf(one);
        if (declaration !== undefined) await options.afterReuse(declaration, one);
      }
    }
    return doneCount;
  }

  /** As many records as follow each other. */
  async function lookUpAll(
    run: HookRun,
    start: string,
  ): Promise<{ readonly records: readonly FoundRecord[]; readonly because: readonly string[] }> {
    const records: FoundRecord[] = [];
    const read = new Set(everRead);
    const mounts = await foreignMounts();
    let parent = start;
    const below = stack.layers().map((layer) => layer.id);
    let rest = run;
    while (rest.hooks.length > 0 && mayBeKept(rest)) {
      const declaration = options.declarationOf(rest);
      const declared = await declaredOf(declaration, rest);
      const found = await lookUp(rest, { mounts, declaration, everRead: new Set(read), declared }, parent, below);
      if (!('record' in found)) return { records, because: found };
      records.push(found);
      if (found.layer !== undefined) below.push(found.layer.id);
      for (const path of Object.keys(found.record.inputs.files)) read.add(path);
      parent = digestAfter(parent, found.record.layer) ?? parent;
      rest = after(rest, found.record.hooks.length);
      // What it does beside the tree may matter to the next ones.
      if (declaration?.afterReuse !== undefined) break;
    }
    return { records, because: [] };
  }

  function mayBeKept(run: HookRun): boolean {
    const declaration = options.declarationOf(run);
    if (declaration?.isNever === true) return false;
    return run.place === 'chroot' || declaration?.isPure === true;
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
    const declared = await declaredOf(declaration, run);
    const [hook] = run.hooks;
    if (hook === undefined) return;
    const made = new Set(reads.changes);
    const inputs = await inputsOf(
      run,
      { mounts: {}, declaration, everRead: ended.everRead, declared },
      { files: reads.files.filter((path) => !made.has(path)), listings: reads.listings },
      1,
    );
    options.texts.keep(inputs);
    const because = await causesOf(run, undefined);
    const decision = decisions[at];
    if (decision !== undefined) decisions[at] = { ...decision, because: [...decision.because, ...because] };
    traces[at] = {
      phase: run.phase,
      hooks: [{ name: hook.name, element: hook.element, digest: digestOfHook(hook) }],
      inputs,
      ...(made.size === 0 ? {} : { made: [...made] }),
      notKept: [],
    };
  }

  async function acquireWork(lockPath: string): Promise<() => Promise<void>> {
    const wait = (): Promise<() => Promise<void>> => {
      // The host may be another one afterwards.
      declaredNow.clear();
      return options.locks.acquire(lockPath);
    };
    return (await options.locks.tryAcquire(lockPath)) ?? options.whileWaiting?.(wait) ?? wait();
  }

  let waiting:
    | { readonly because: readonly string[]; readonly releaseLock: (() => Promise<void>) | undefined }
    | undefined;

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
      declaredNow.clear();
      const kept = mayBeKept(run);
      if (unit !== undefined) {
        const isStart = options.earlierStarts.has(`${run.phase}/${first.name}`) && stack.depth() < maximumDepth;
        const mustEnd =
          !kept ||
          isStart ||
          run.place !== unit.run.place ||
          hasOwnInputs(options.declarationOf(run)) ||
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
      const found = await lookUpAll(run, state);
      if (found.records.length > 0) {
        const count = await apply(found.records, run);
        if (count > 0) return count;
      }
      // Another build may be making just this: then it is waited for, and found.
      const releaseLock = await acquireWork(store.lockPath([state, run.phase, first.name, digestOfHook(first)]));
      const again = await lookUpAll(run, state);
      if (again.records.length > 0) {
        await releaseLock();
        const count = await apply(again.records, run);
        if (count > 0) return count;
        waiting = { because: ['the tree is in use'], releaseLock: undefined };
        return 0;
      }
      const causes = await causesOf(run, state);
      waiting = { because: causes.length > 0 ? causes : again.because, releaseLock };
      return 0;
    },
    async beforeHook(run) {
      const [first] = run.hooks;
      if (first === undefined) return;
      await freezeStaging(run.place === 'chroot');
      if (!mayBeKept(run)) {
        watch.begin();
        return;
      }
      if (unit === undefined) {
        const declaration = options.declarationOf(run);
        const declared = await declaredOf(declaration, run);
        unit = {
          run,
          parent: (await stack.isDirty()) ? undefined : stack.digest(),
          hooks: [],
          declaration,
          mounts: await foreignMounts(),
          mountPoints: await mountPointsText(),
          devices: await digestOfSharedDevices(`${workspace.kernelDirectory}/dev`),
          archives: await archiveAddresses(declared),
          networkUse: countNetworkUse(await readFile('/proc/net/snmp', 'utf8')),
          startedMs: ports.clock.nowMs(),
          because: waiting?.because ?? [],
          releaseLock: waiting?.releaseLock,
          everRead: new Set(everRead),
          declared,
          durationMs: 0,
        };
        waiting = undefined;
        watch.begin();
      }
      unit.hooks.push({ name: first.name, element: first.element, digest: digestOfHook(first) });
    },
    async afterHook(run, durationMs) {
      if (unit === undefined) {
        const hooks = run.hooks.slice(0, 1);
        beside = { run, at: decisions.length, everRead: new Set(everRead) };
        traces.push({
          phase: run.phase,
          hooks: hooks.map((hook) => ({ name: hook.name, element: hook.element, digest: digestOfHook(hook) })),
          notKept: [],
        });
        decisions.push({
          phase: run.phase,
          hooks: hooks.map((hook) => hook.name),
          elements: hooks.map((hook) => hook.element),
          outcome: 'run',
          because: waiting?.because ?? [],
          durationMs,
          depth: stack.depth(),
        });
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
      decisions.push({
        phase: run.phase,
        hooks: [...(failed?.hooks ?? []).map((hook) => hook.name)],
        elements: [...(failed?.hooks ?? []).map((hook) => hook.element)],
        outcome: 'failed',
        because: failed?.because ?? [],
        durationMs: failed?.durationMs ?? 0,
        depth: stack.depth(),
      });
      if (failed !== undefined) options.texts.keep(await inputsOf(run, failed, { files: [], listings: [] }, 1));
      traces.push({ phase: run.phase, hooks: failed?.hooks ?? [], notKept: ['it failed'] });
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
    decisions: () => decisions,
    traces: () => traces,
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
  return hostFiles.length + hostCommands.length > 0 || archivesCommand !== undefined || maximumAgeMs !== undefined;
}

/** What is said of hooks that are not kept, whatever their inputs are. */
function saysEachTime(cause: string): boolean {
  return cause === hostEachTime || cause === neverKept;
}

function nothingKnown(before: Decision | undefined): string {
  return before?.outcome === 'run'
    ? `it never ran on the tree that ${before.phase}.d/${before.hooks.at(-1)} left now`
    : 'it never ran on this tree';
}

/** The same run, the first hooks done. */
function after(run: HookRun, doneCount: number): HookRun {
  return { ...run, hooks: run.hooks.slice(doneCount) };
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
