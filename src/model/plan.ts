import type { ElementSet, PlannedHook } from './element.js';
import type { ResolvedEnvironment } from './environment.js';
import type { DiskLayoutSpec } from './layout.js';
import type { HookPlace, Phase } from './phase.js';
import type { BuildRequest } from './request.js';

/** How the disk is made, and why. `none`: no disk format was asked for. */
export interface DiskModeChoice {
  readonly mode: 'files' | 'loop' | 'none';
  readonly because: string;
}

/** One entry of the plan. Each kind is carried out by `steps/<kind>.ts`. */
export type Step =
  | { readonly kind: 'stage-hooks' }
  | {
      readonly kind: 'run-phase';
      readonly phase: Phase;
      readonly place: HookPlace;
      /** Foreseen; the phase lists the staging directory again when it starts. */
      readonly hooks: readonly PlannedHook[];
    }
  | { readonly kind: 'prepare-target' }
  | { readonly kind: 'install-packages'; readonly packages: readonly string[] }
  | { readonly kind: 'size-disk' }
  | { readonly kind: 'open-loop-disk' }
  | { readonly kind: 'tidy-tree' }
  | { readonly kind: 'close-loop-disk' }
  | { readonly kind: 'create-disk' }
  | { readonly kind: 'write-artifacts'; readonly formats: readonly string[] };

/** A program that must be on the host, and which Debian package brings it. */
export interface HostProgram {
  readonly program: string;
  readonly package: string;
  /** What needs it, for the message. */
  readonly neededBy: string;
}

/** Everything decided, as data: can be printed, sent to another process and compared. Made only by `plan/`. */
export interface BuildPlan {
  readonly request: BuildRequest;
  readonly elementSet: ElementSet;
  readonly environment: ResolvedEnvironment;
  readonly resolvedTables: ResolvedTables;
  readonly diskMode: DiskModeChoice;
  /** Absent when no disk is made. */
  readonly layoutSpec?: DiskLayoutSpec;
  readonly steps: readonly Step[];
  readonly hostPrograms: readonly HostProgram[];
  readonly warnings: readonly string[];
}

/** What `elements/` resolved for the programs that hooks call in the target. */
export interface ResolvedTables {
  /** Relative path in the staging directory → text to stage there before the first chroot phase. */
  readonly stagedFiles: Readonly<Record<string, string>>;
}
