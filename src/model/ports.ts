import type { EventContent } from './event.js';

/** A program to start. Never a shell string. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The whole environment of the program; the runner adds only `LC_ALL=C.UTF-8` and `PATH` where absent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Text for its standard input; absent: closed. */
  readonly input?: string | Uint8Array;
  /** What the program is called in logs; default the program's name. */
  readonly source?: string;
  /** `log`: each line becomes an output event. `collect`: kept for the result only. Default `collect`. */
  readonly output?: 'log' | 'collect';
  /** Sees the standard output of the last member of a chain as it comes, in pieces of any length; a runner may leave it out. */
  readonly onStdout?: (text: string) => void;
  /** Gives the program our terminal; no output is seen by us. For break shells. */
  readonly isInteractive?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** 0 to 255; 128 + signal number when a signal ended it. */
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** What it said last, also with `log`; both streams in the order in which they came, thirty lines at most. */
  readonly lastLines?: readonly string[];
}

/** Starts programs; the only way for rooms above to do so. */
export interface Programs {
  /** Runs to the end and gives the result, whatever the exit status. @throws BuildError `PROGRAM_MISSING` when it is not on PATH */
  run(command: Command): Promise<CommandResult>;
  /** Runs and insists on success. @throws BuildError `COMMAND_FAILED` with the last lines it said */
  require(command: Command): Promise<CommandResult>;
  /** Runs a chain joined by pipes; every member must succeed. The result is the last member's. */
  requirePipeline(commands: readonly Command[]): Promise<CommandResult>;
  /** Absolute path of a program on the engine's PATH, or undefined. */
  find(program: string): string | undefined;
}

/** Locks on files that other processes respect too; released when this process ends, however it ends. */
export interface Locks {
  /** Waits until the file is ours alone. @returns what releases it */
  acquire(path: string): Promise<() => Promise<void>>;
  /** The same without waiting; undefined when another has it. */
  tryAcquire(path: string): Promise<(() => Promise<void>) | undefined>;
  /** Releases everything. */
  close(): void;
}

/** Takes events; adds the time. */
export type Emit = (event: EventContent) => void;

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
  /** Milliseconds that only grow, for durations. */
  monotonicMs(): number;
}

/**
 * Gives identifiers: random ones, or, when a seed is set (`SOURCE_DATE_EPOCH`), ones derived from seed and purpose.
 *
 * `purpose` names the object, for example `gpt-disk-guid:image0`; the same purpose gives the same value in one build.
 */
export interface Identities {
  /** RFC 9562 UUID text, lower case. */
  uuid(purpose: string): string;
  /** Bytes of an identifier. */
  bytes(purpose: string, count: number): Uint8Array;
}

/** What a running step is handed. */
export interface Ports {
  readonly programs: Programs;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly identities: Identities;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
