import type { HookPlace, Phase } from '../model/phase.js';

/** What a directory of changes comes to. */
export interface Layer {
  /** Names its directory in the store: over everything but times. */
  readonly id: string;
  /** The part of the id that later layers depend on. */
  readonly contentDigest: string;
  /** Over names, kinds, modes, owners, sizes and times of the files as stored, to find damage. */
  readonly tableDigest: string;
  readonly sizeBytes: number;
  readonly entryCount: number;
  /** Its own directory has extended attributes. */
  readonly hasRootAttributes: boolean;
  /** The path that the content digest leaves out, if any. */
  readonly volatilePath?: string;
  /** When the kernel was started that wrote it: later ones look at the whole content once. */
  readonly bootId: string;
}

/** Everything that hooks have read, each with a digest, in groups that say of which kind it is. */
export interface UnitInputs {
  /** Files of the staging directory, by path in it. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories of the staging directory that were listed. */
  readonly listings: Readonly<Record<string, string>>;
  /** Names in the staging directory whose existence could have been asked for, by part of it. */
  readonly names: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** What others mounted below the tree. */
  readonly mounts: Readonly<Record<string, string>>;
  /** Package archives, by the address of their release file. */
  readonly archives: Readonly<Record<string, string>>;
  /** Of the host: its kernel, declared files and declared commands. */
  readonly host: Readonly<Record<string, string>>;
}

/** What is known of hooks that ran one after the other: what they read, and what it came to. */
export interface UnitRecord {
  readonly id: string;
  /** The state of the tree before. */
  readonly parent: string;
  readonly phase: Phase;
  readonly place: HookPlace;
  readonly hooks: readonly { readonly name: string; readonly element: string; readonly digest: string }[];
  readonly inputs: UnitInputs;
  /** Absent when the tree stayed as it was. */
  readonly layer?: { readonly id: string; readonly contentDigest: string };
  readonly durationMs: number;
  readonly createdMs: number;
  /** Not used when older: the network had a part in it, or somebody said so. */
  readonly maximumAgeMs?: number;
  /** Of the store that it was made in, when it was imported: its digests of values are joined with that one's. */
  readonly salt?: string;
}

/** One line of what a build decided. */
export interface Decision {
  readonly phase: Phase;
  readonly hooks: readonly string[];
  /** The element of each hook. */
  readonly elements?: readonly string[];
  readonly outcome: 'reused' | 'run' | 'failed';
  /** Why it ran: the smallest difference known. Why it cannot be reused next time, too. */
  readonly because: readonly string[];
  readonly durationMs: number;
  readonly layer?: string;
  /** How many layers were in use after it. */
  readonly depth: number;
}

/** What a build knows of one step for the next one: all that it read, and the tree before and after it. */
export interface StepTrace {
  readonly phase: Phase;
  readonly hooks: readonly { readonly name: string; readonly element: string; readonly digest: string }[];
  /** State of the tree; absent where it was not known, as around hooks that run each time. */
  readonly before?: string;
  readonly after?: string;
  readonly inputs?: UnitInputs;
  /** Of the store that its digests of values were made in, when it is another one. */
  readonly salt?: string;
  /** What it made or changed in the staging directory. */
  readonly made?: readonly string[];
  /** Why no record of it was kept. */
  readonly notKept: readonly string[];
  readonly record?: string;
  /** Until when the record may be used, in milliseconds since 1970; absent: for ever. */
  readonly expiresMs?: number;
}
