import type { Artifact } from './artifact.js';
import type { ElementSet } from './element.js';
import type { DiskLayout } from './layout.js';
import type { HookPlace, Phase } from './phase.js';
import type { BuildPlan } from './plan.js';
import type { Command, CommandResult, Ports } from './ports.js';
import type { Workspace } from './workspace.js';

/** The tree as a place to run programs in. Made only by `sandbox/`. */
export interface Target {
  /** Absolute path of the tree. */
  readonly treeDirectory: string;
  /** Binds the kernel file systems (proc, sys read-only, a minimal dev) into the tree. Nothing when they are there. */
  attachKernelFileSystems(): Promise<void>;
  /** Binds the staging directory read-only at `/tmp/in_target.d`. Nothing when it is there. */
  attachStaging(): Promise<void>;
  /** Takes the staging directory away again, with the directory it was on. */
  detachStaging(): Promise<void>;
  /** Lays a file of ours over one in the tree until the next {@link unmountAll}. Nothing when the tree has no such file. */
  coverFile(pathInTree: string, coverPath: string): Promise<boolean>;
  /** Unmounts everything below the tree, whoever mounted it, but the file systems of the disk. */
  unmountAll(): Promise<void>;
  /** Says which mount points are the disk's own: {@link unmountAll} leaves them from now on. Absolute. */
  keepMounted(mountPoints: readonly string[]): void;
  /** Words to put before a command so that it runs in the tree. */
  readonly chrootPrefix: readonly string[];
  /** What the engine itself mounted below the tree: source and mount point, absolute, in the order made. */
  ownMounts?(): readonly (readonly [source: string, mountPoint: string])[];
  /** Ends every process whose root is in the tree: SIGTERM, then SIGKILL. Gives their names. */
  endLeftovers(): Promise<readonly string[]>;
}

/** Hooks that are about to run, with all that they are given. */
export interface HookRun {
  readonly phase: Phase;
  readonly place: HookPlace;
  /** The hooks that are still to run in this phase, in order. */
  readonly hooks: readonly {
    readonly name: string;
    readonly element: string;
    /** Absent for a program of the engine, whose words are its name. */
    readonly path?: string;
  }[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The tree as layers, each what some hooks changed. Made only by `layers/`. */
export interface TreeLayers {
  /**
   * Lays what the first of the hooks did in an earlier build over the tree, where every input is the same.
   *
   * @returns how many of the hooks are done by that; 0: the first one must run
   */
  reuse(run: HookRun): Promise<number>;
  /** Says that the first of the hooks runs now. */
  beforeHook(run: HookRun): Promise<void>;
  /** Says that it has ended well. */
  afterHook(run: HookRun, durationMs: number): Promise<void>;
  /**
   * Says that it has failed: what it changed is kept to be looked at.
   *
   * @param options.isTreeDropped it is not, as it takes the space that the next build needs
   */
  keepFailure(run: HookRun, options?: { readonly isTreeDropped: boolean }): Promise<void>;
  /** Saves what is not yet saved. Nothing may run in the tree. */
  endPhase(): Promise<void>;
}

/** A disk that is attached and mounted over the tree while the last hooks run. Made only by `loop/`. */
export interface LoopDisk {
  /** Node name → device, as `IMAGE_BLOCK_DEVICES` lists them. */
  readonly devices: ReadonlyMap<string, string>;
  /** What `IMAGE_BLOCK_DEVICE` says. */
  readonly imageDevice: string;
  /** Directories that its file systems are mounted on, absolute, in mount order. */
  readonly mountPoints: readonly string[];
  /** Writes everything out, unmounts and detaches. @returns image name → path of the raw file */
  close(): Promise<ReadonlyMap<string, string>>;
  /** After {@link close}: mounts it again, read-only. @returns mount points below the tree, relative to it */
  showReadOnly(): Promise<readonly string[]>;
}

/** What later steps learn from earlier ones. */
export interface BuildState {
  /** Variables that join the hooks' environment from some step on, for example `IMAGE_BLOCK_DEVICE`. */
  readonly hookVariables: Map<string, string>;
  imageSizeBytes?: number;
  layout?: DiskLayout;
  /** What hooks of the phase `block-device` said on standard output. */
  blockDeviceOutput?: string;
  /** While it is mounted over the tree. */
  loopDisk?: LoopDisk;
  /** Directories of the tree where file systems of the disk are mounted, relative to it; archives hold what is in them. */
  diskMountPoints?: readonly string[];
  /** Image name → path of the raw file. */
  rawPaths?: ReadonlyMap<string, string>;
  /** Lines `target<TAB>device` that the grub-install stand-in recorded. */
  bootRecords: readonly string[];
  artifacts: readonly Artifact[];
}

/** Capabilities of rooms on the steps' own floor, handed in by `build/`. */
export interface StepPorts extends Ports {
  readonly target: Target;
  /** Absent where the tree is one directory (`--cache=off`). */
  readonly layers?: TreeLayers;
  /** Sources environment files; see `process/source-environment.ts`. */
  sourceEnvironment(options: {
    readonly files: readonly { readonly path: string; readonly label: string }[];
    readonly environment: Readonly<Record<string, string>>;
    readonly prefix?: readonly string[];
    readonly workingDirectory?: string;
  }): Promise<Readonly<Record<string, string>>>;
  /** Counts what the tree holds; see `disk/measure-tree.ts`. */
  measureTree(): Promise<TreeMeasure>;
  /** Makes the raw files; see `disk/assemble-disk.ts`. */
  assembleDisk(layout: DiskLayout, bootFiles: 'required' | undefined): Promise<ReadonlyMap<string, string>>;
  /** Makes the disk and mounts it over the tree; see `loop/open-loop-disk.ts`. */
  openLoopDisk(layout: DiskLayout): Promise<LoopDisk>;
  /** Mounts the disk that a hook made over the tree; see `loop/adopt-device.ts`. */
  adoptDevice(request: {
    readonly layout: DiskLayout;
    readonly device: string;
    readonly imagePath?: string;
  }): Promise<LoopDisk>;
  /** Writes the artifacts; see `formats/write-artifacts.ts`. */
  writeArtifacts(rawPath: string | undefined, diskMountPoints: readonly string[]): Promise<readonly Artifact[]>;
  /** Runs a shell for a person, or a break command; the report keeps quiet meanwhile. */
  runInteractively(command: Command): Promise<CommandResult>;
}

/** What the tree takes, by mount point. */
export interface TreeMeasure {
  /** As `du -x` counts the whole tree, in bytes. */
  readonly totalBytes: number;
  /** Mount point → what its part takes; `/` is always there. */
  readonly byMountPoint: Readonly<Record<string, { readonly contentBytes: number; readonly inodeCount: number }>>;
  /** The lines of the usage report, when one was asked for. */
  readonly reportLines: readonly string[];
}

/** What every step is handed. */
export interface StepContext {
  readonly plan: BuildPlan;
  readonly elementSet: ElementSet;
  readonly workspace: Workspace;
  /** Variables that every hook sees, see `plan/core-environment.ts`. */
  readonly coreEnvironment: Readonly<Record<string, string>>;
  readonly ports: StepPorts;
  readonly state: BuildState;
}
