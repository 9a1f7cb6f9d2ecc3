import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type LoopDevice, listLoopDevices, releaseLoopDevice } from './loop-devices.js';
import { watchNodeMemory } from './node-memory.js';

/** A program to be measured. */
export interface BenchCommand {
  readonly arguments: readonly [program: string, ...rest: string[]];
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

/** What one run took. */
export interface TimedRun {
  readonly wallSeconds: number;
  /** Processor time of the program and everything it started, user and system. */
  readonly cpuSeconds: number;
  /** Load average of the last minute just before the start. */
  readonly loadBefore: number;
  /** The largest resident set that one Node process below it had; 0 where none was seen. */
  readonly nodePeakBytes: number;
  readonly exitStatus: number;
}

/** The process groups of what is running, with the directories that they work in. */
const running = new Map<number, string>();

/** Ends what is running now with all its children; for the signals that end the benchmark. */
export function stopRunningCommands(): void {
  for (const group of running.keys()) killGroup(group);
}

/**
 * Runs a program to its end, its output in a file, and says what it took.
 *
 * A program that takes longer than `timeoutMs` is killed with all its children and leaves no loop device attached whose
 * file is below its working directory; its exit status is then 137.
 */
export async function runTimed({
  command,
  logPath,
  timeoutMs,
}: {
  readonly command: BenchCommand;
  readonly logPath: string;
  readonly timeoutMs: number;
}): Promise<TimedRun> {
  // What earlier runs wrote is not written out in this one's time.
  spawnSync('sync');
  const loadBefore = loadavg()[0] ?? 0;
  const cpuPath = `${logPath}.cpu`;
  const log = openSync(logPath, 'w');
  const started = performance.now();
  // bash tells the processor time of all children that were waited for, which Node does not.
  const child = spawn(
    'bash',
    [
      '-c',
      'cpu=$1; shift; TIMEFORMAT="%U %S"; { time "$@" 2>&3; } 3>&2 2>"$cpu"',
      'bash',
      cpuPath,
      ...command.arguments,
    ],
    {
      cwd: command.workingDirectory,
      env: command.environment,
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined) throw new Error('bash could not be started');
  running.set(pid, command.workingDirectory);
  const memory = watchNodeMemory(pid);
  const timer = setTimeout(() => killGroup(pid), timeoutMs);
  const exitStatus = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 137));
  });
  const wallSeconds = (performance.now() - started) / 1000;
  clearTimeout(timer);
  running.delete(pid);
  return {
    wallSeconds,
    cpuSeconds: parseCpuSeconds(readFileSync(cpuPath, 'utf8')),
    loadBefore,
    nodePeakBytes: memory.stop(),
    exitStatus,
  };
}

function killGroup(group: number): void {
  const directory = running.get(group);
  let devices: readonly LoopDevice[] = [];
  // What is stopped attaches nothing more between the look and its end.
  process.kill(-group, 'SIGSTOP');
  try {
    if (directory !== undefined) devices = listLoopDevices(directory);
  } finally {
    process.kill(-group, 'SIGKILL');
  }
  devices.forEach(releaseLoopDevice);
}

/** Sums what bash tells: user and system seconds in the last line; 0 where it was killed before it could. */
export function parseCpuSeconds(text: string): number {
  const [, user, system] = /(\d+\.\d+) (\d+\.\d+)\s*$/.exec(text) ?? [];
  return Number(user ?? 0) + Number(system ?? 0);
}
