import { digestOfFields } from '../base/digest.js';
import type { HookRun } from '../model/step-context.js';
import { readArchiveAddresses } from './archive-addresses.js';
import type { HookDeclaration } from './cache-declaration.js';
import { gatherInputs, type InputSources } from './gather-inputs.js';
import type { UnitInputs } from './layer-record.js';
import type { ArchiveState } from './release-file.js';
import { openScriptViews } from './script-views.js';
import type { StagingWatch } from './staging-watch.js';
import type { TreeSurroundings } from './tree-surroundings.js';

/** What a hook declared, as it is now. */
export interface Declared {
  readonly digests: Readonly<Record<string, string>>;
  readonly archives?: readonly string[];
}

/** What is seen where hooks begin, beside what they will read. */
export interface SeenBefore {
  readonly mounts: TreeSurroundings['mounts'];
  readonly declaration: HookDeclaration | undefined;
  readonly declared: Declared;
  /** Paths in the staging directory that anything has read since the build began. */
  readonly everRead: ReadonlySet<string>;
}

/** What hooks left traces of: paths in the staging directory. */
export interface SeenReads {
  readonly files: readonly string[];
  readonly listings: readonly string[];
}

/** What {@link openStepInputs} needs. */
export interface StepInputsOptions {
  readonly treeDirectory: string;
  readonly watch: Pick<
    StagingWatch,
    'digestOfFile' | 'digestOfListing' | 'digestOfNames' | 'textOf' | 'filesOutsidePhases'
  >;
  readonly salt: string;
  readonly kernel: string;
  /** Stands for the programs of the engine that hooks of the phase finalise meet in the tree. */
  readonly engineDigest: string;
  /** What is declared, as it is now: digests of files and commands of the host, addresses of archives. */
  readonly resolveDeclared: (declaration: HookDeclaration, run: HookRun) => Promise<Declared>;
  readonly stateOfArchive: (address: string) => Promise<ArchiveState>;
}

/** The inputs of steps, as they are now. A step is the first hooks of a run. */
export interface StepInputs {
  readonly scriptOf: InputSources['scriptOf'];
  /** What the first hook declares, as it was when it was asked for the first time since {@link forgetDeclared}. */
  declaredOf(declaration: HookDeclaration | undefined, run: HookRun): Promise<Declared>;
  /** Declared commands run again from now on. */
  forgetDeclared(): void;
  sourcesOf(run: HookRun, seen: SeenBefore): InputSources;
  /** What the first hooks read, archives left out. */
  inputsOf(run: HookRun, seen: SeenBefore, reads: SeenReads, hookCount: number): Promise<UnitInputs>;
  /** The files that were read and those of the first hooks, sorted. */
  filesOf(run: HookRun, reads: Pick<SeenReads, 'files'>, hookCount: number): readonly string[];
  digestOfHook(hook: HookRun['hooks'][number]): string;
  /** Addresses of the release files that count: those that were declared, else those of the tree's sources. */
  archivesOf(declared: Declared): Promise<readonly string[]>;
}

/** Opens the inputs of a build's steps. */
export function openStepInputs(options: StepInputsOptions): StepInputs {
  const { watch } = options;
  const scriptOf = openScriptViews(watch);
  const declaredNow = new Map<string, Promise<Declared>>();

  const sourcesOf = (run: HookRun, seen: SeenBefore): InputSources => ({
    watch,
    scriptOf,
    phase: run.phase,
    environment: run.environment,
    salt: options.salt,
    everRead: seen.everRead,
    mounts: run.place === 'chroot' ? (seen.mounts ?? {}) : {},
    kernel: options.kernel,
    isDeclared: run.place === 'host',
    placeVariables: seen.declaration?.placeVariables ?? [],
    declared: {
      ...seen.declared.digests,
      ...(run.phase === 'finalise' ? { 'programs of the engine': options.engineDigest } : {}),
    },
    digestOfArchive: async (address) => (await options.stateOfArchive(address)).digest,
  });

  const filesOf = (run: HookRun, reads: Pick<SeenReads, 'files'>, hookCount: number): readonly string[] => {
    const hooks = run.hooks.slice(0, hookCount).flatMap((hook) => (hook.path === undefined ? [] : [hook.path]));
    return [...new Set([...reads.files, ...hooks])].sort();
  };

  return {
    scriptOf,
    async declaredOf(declaration, run) {
      if (declaration === undefined) return { digests: {} };
      const name = `${run.phase}/${run.hooks[0]?.name}`;
      const declared = declaredNow.get(name) ?? options.resolveDeclared(declaration, run);
      declaredNow.set(name, declared);
      return declared;
    },
    forgetDeclared: () => declaredNow.clear(),
    sourcesOf,
    inputsOf: (run, seen, reads, hookCount) =>
      gatherInputs(
        { files: filesOf(run, reads, hookCount), listings: reads.listings, archives: [] },
        sourcesOf(run, seen),
      ),
    filesOf,
    digestOfHook: (hook) =>
      hook.path === undefined ? digestOfFields([hook.name]) : (watch.digestOfFile(hook.path) ?? 'absent'),
    archivesOf: async (declared) => declared.archives ?? readArchiveAddresses(options.treeDirectory),
  };
}
