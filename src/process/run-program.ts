import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, existsSync, constants as fileConstants, openSync, readSync, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { finished, pipeline } from 'node:stream/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { Clock, Command, CommandResult, Emit, Programs } from '../model/ports.js';
import { formatCommand } from './format-command.js';
import { openLineSplitter } from './line-splitter.js';

/** What {@link openPrograms} needs. */
export interface ProgramsOptions {
  /** Directories searched for programs that are named without a slash; also the PATH that programs get by default. */
  readonly pathDirectories: readonly string[];
  readonly emit: Emit;
  readonly clock: Clock;
  /** Stops every running program when aborted. */
  readonly signal: AbortSignal;
  /** How long a process group may take to end after SIGTERM before SIGKILL. Default 5000. */
  readonly stopGraceMs?: number;
}

/** How many of the last lines an error message keeps. */
const keptLineCount = 30;

/**
 * Opens the one port through which programs are started.
 *
 * Every program gets its own process group, a closed standard input and an environment built from nothing.
 */
export function openPrograms(options: ProgramsOptions): Programs {
  const find = (program: string): string | undefined => findProgram(program, options.pathDirectories);
  const run = async (command: Command): Promise<CommandResult> => (await runChain([command], options, find)).result;
  const insist = async (commands: readonly Command[]): Promise<CommandResult> => {
    const { result, failed, lastLines } = await runChain(commands, options, find);
    if (failed === undefined) return result;
    throw new BuildError({
      code: 'COMMAND_FAILED',
      message: [
        `${failed.command.program} exited with ${failed.exitStatus}`,
        ...lastLines.map((line) => `  ${line}`),
      ].join('\n'),
      hint: `the command was: ${formatCommand(failed.command)}`,
    });
  };
  return { run, find, require: (command) => insist([command]), requirePipeline: insist };
}

/** Absolute path of an executable file on a search path, or undefined. A name with a slash is taken as it is. */
export function findProgram(program: string, pathDirectories: readonly string[]): string | undefined {
  const candidates = program.includes('/') ? [program] : pathDirectories.map((directory) => `${directory}/${program}`);
  return candidates.find(isExecutableFile);
}

interface ChainOutcome {
  readonly result: CommandResult;
  readonly failed?: { readonly command: Command; readonly exitStatus: number };
  readonly lastLines: readonly string[];
}

async function runChain(
  commands: readonly Command[],
  options: ProgramsOptions,
  find: (program: string) => string | undefined,
): Promise<ChainOutcome> {
  const startMs = options.clock.monotonicMs();
  const lastLines: string[] = [];
  const keep = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > keptLineCount) lastLines.shift();
  };
  const children = commands.map((command, index) =>
    startChild({ command, isFirst: index === 0, isLast: index === commands.length - 1, options, find, keep }),
  );
  const joins = children.slice(1).map(async (child, index) => {
    const source = children[index]?.process.stdout;
    const target = child.process.stdin;
    if (source === null || source === undefined || target === null) return;
    // A reader that ends early closes the pipe; its exit status tells whether that was a fault.
    await pipeline(source, target).catch(() => undefined);
  });
  const statuses = await Promise.all(children.map((child) => child.exit));
  // A reader that fails makes its writers fail too: the last one that failed is the one to blame.
  const failedIndex = statuses.findLastIndex((status) => status !== 0);
  await Promise.all(joins);
  const last = children.at(-1);
  const failedCommand = commands[failedIndex];
  return {
    result: {
      exitStatus: statuses.at(-1) ?? 0,
      stdout: last?.stdout() ?? '',
      stderr: last?.stderr() ?? '',
      durationMs: options.clock.monotonicMs() - startMs,
      lastLines,
    },
    ...(failedCommand === undefined
      ? {}
      : { failed: { command: failedCommand, exitStatus: statuses[failedIndex] ?? 1 } }),
    lastLines,
  };
}

interface RunningChild {
  readonly process: ChildProcess;
  readonly exit: Promise<number>;
  stdout(): string;
  stderr(): string;
}

function startChild(start: {
  readonly command: Command;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly options: ProgramsOptions;
  readonly find: (program: string) => string | undefined;
  readonly keep: (line: string) => void;
}): RunningChild {
  const { command, options } = start;
  const programPath = start.find(command.program);
  if (programPath === undefined) {
    throw new BuildError({
      code: 'PROGRAM_MISSING',
      message: `program "${command.program}" not found`,
      hint: `install it, or put it on PATH (searched: ${options.pathDirectories.join(':')})`,
    });
  }
  const isInteractive = command.isInteractive === true;
  const child = spawn(programPath, [...command.arguments], {
    argv0: command.program,
    env: { LC_ALL: 'C.UTF-8', PATH: options.pathDirectories.join(':'), ...command.environment },
    ...(command.workingDirectory === undefined ? {} : { cwd: command.workingDirectory }),
    detached: !isInteractive,
    stdio: isInteractive
      ? 'inherit'
      : [start.isFirst && command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const collected = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  watchOutput({ child, start, collected });
  if (command.input !== undefined && start.isFirst) {
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(command.input);
  }
  return {
    process: child,
    exit: waitForExit(child, command, options),
    stdout: () => Buffer.concat(collected.stdout).toString('utf8'),
    stderr: () => Buffer.concat(collected.stderr).toString('utf8'),
  };
}

function watchOutput(watch: {
  readonly child: ChildProcess;
  readonly start: {
    readonly command: Command;
    readonly isLast: boolean;
    readonly options: ProgramsOptions;
    readonly keep: (line: string) => void;
  };
  readonly collected: { readonly stdout: Buffer[]; readonly stderr: Buffer[] };
}): void {
  const { command, isLast, options, keep } = watch.start;
  const source = command.source ?? command.program.slice(command.program.lastIndexOf('/') + 1);
  for (const stream of ['stdout', 'stderr'] as const) {
    if (stream === 'stdout' && !isLast) continue;
    const readable = watch.child[stream];
    if (readable === null) continue;
    const lines = openLineSplitter((text) => {
      keep(text);
      if (command.output === 'log') options.emit({ kind: 'output', stream, source, text });
    });
    readable.on('data', (chunk: Buffer) => {
      if (command.output !== 'log') watch.collected[stream].push(chunk);
      if (stream === 'stdout') command.onStdout?.(chunk.toString('utf8'));
      lines.push(chunk);
    });
    readable.on('end', () => lines.end());
  }
}

async function waitForExit(child: ChildProcess, command: Command, options: ProgramsOptions): Promise<number> {
  const stop = openStop({
    child,
    isGroupLeader: command.isInteractive !== true,
    stopGraceMs: options.stopGraceMs ?? 5000,
  });
  const signals = [options.signal, ...(command.signal === undefined ? [] : [command.signal])];
  const timer = command.timeoutMs === undefined ? undefined : setTimeout(stop.begin, command.timeoutMs);
  for (const signal of signals) {
    if (signal.aborted) stop.begin();
    signal.addEventListener('abort', stop.begin, { once: true });
  }
  try {
    const exitStatus = await exitOf(child, command);
    await Promise.all([child.stdout, child.stderr].map((stream) => (stream === null ? undefined : drained(stream))));
    return exitStatus;
  } finally {
    clearTimeout(timer);
    stop.end();
    for (const signal of signals) signal.removeEventListener('abort', stop.begin);
  }
}

/**
 * Waits until a stream has ended. A process that outlives its parent may hold the pipe open for good, so after the
 * exit only what is already there is waited for.
 */
async function drained(stream: NodeJS.ReadableStream): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((done) => {
    timer = setTimeout(done, 500);
  });
  await Promise.race([finished(stream).catch(() => undefined), patience]);
  clearTimeout(timer);
}

function exitOf(child: ChildProcess, command: Command): Promise<number> {
  return new Promise((settle, fail) => {
    child.once('error', (error) => fail(startFailure(error, child.spawnfile, command)));
    child.once('exit', (code, signal) =>
      settle(signal === null ? (code ?? 1) : 128 + (osConstants.signals[signal] ?? 0)),
    );
  });
}

/** Why a program that was found could not be started; ENOENT then means what its first line or its directory names. */
function startFailure(error: Error, path: string, command: Command): BuildError {
  const interpreter = interpreterOf(path);
  const isInterpreterMissing = hasErrorCode(error, 'ENOENT') && interpreter !== undefined && !existsSync(interpreter);
  const where = command.workingDirectory === undefined ? '' : ` in ${command.workingDirectory}`;
  return new BuildError({
    code: isInterpreterMissing || hasErrorCode(error, 'EACCES') ? 'HOOK_NOT_RUNNABLE' : 'COMMAND_FAILED',
    message: isInterpreterMissing
      ? `cannot start ${path}: its interpreter ${interpreter} does not exist`
      : `cannot start ${path}${where}: ${error.message}`,
    cause: error,
    exitStatus: hasErrorCode(error, 'ENOENT') ? 127 : 126,
  });
}

function interpreterOf(path: string): string | undefined {
  const start = Buffer.alloc(256);
  const file = openSync(path, 'r');
  const length = readSync(file, start);
  closeSync(file);
  return /^#!\s*(\S+)/.exec(start.toString('latin1', 0, length))?.[1];
}

function openStop(target: {
  readonly child: ChildProcess;
  readonly isGroupLeader: boolean;
  readonly stopGraceMs: number;
}): { begin(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin() {
      sendSignal(target, 'SIGTERM');
      timer ??= setTimeout(() => sendSignal(target, 'SIGKILL'), target.stopGraceMs);
    },
    end() {
      clearTimeout(timer);
    },
  };
}

/** To the whole group of a program; an interactive one shares our group, it gets the signal alone. */
function sendSignal(
  target: { readonly child: ChildProcess; readonly isGroupLeader: boolean },
  signal: NodeJS.Signals,
): void {
  const { pid } = target.child;
  if (pid === undefined) return;
  try {
    process.kill(target.isGroupLeader ? -pid : pid, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, fileConstants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
