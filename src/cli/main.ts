import { availableParallelism, constants, homedir, machine, userInfo } from 'node:os';
import { hasErrorCode } from '../base/build-error.js';
import { reportError } from './report-error.js';
import { runCommand } from './run-command.js';
import type { World } from './world.js';

/** Exit status of a program that a closed pipe ends, as shells count it: 128 + SIGPIPE. */
const brokenPipeStatus = 141;

/**
 * Runs a program of this package with the process's own arguments, and sets its exit status.
 *
 * The only place that touches the process. Called by the launchers in `bin/`.
 */
export async function main(programName: string): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnBrokenPipe);
  const world = openWorld();
  process.on('uncaughtException', (error) => process.exit(reportError(error, 1, world)));
  process.exitCode = await runCommand({ programName, arguments: process.argv.slice(2), world });
}

function openWorld(): World {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const workingDirectory = process.cwd();
  return {
    environment,
    workingDirectory,
    homeDirectory: environment.HOME || homedir(),
    isTerminal: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
    userId: process.getuid?.() ?? -1,
    userName: findUserName(environment),
    hasColour: process.stdout.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb',
    cpuCount: availableParallelism(),
    nodePath: process.execPath,
    machine: machine(),
    onStopSignal: openStopSignal(),
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    openPorts: async (other = environment) => (await import('./open-cli-ports.js')).openCliPorts(other),
  };
}

/**
 * Gives the function that says what to do on a signal; the last call counts. A second signal ends the process at once,
 * and with it, since the kernel sees to that, everything that it started in a namespace.
 */
function openStopSignal(): (stop: () => void) => void {
  let current: (() => void) | undefined;
  let isStopping = false;
  return (stop) => {
    if (current === undefined) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          if (isStopping) process.exit(128 + constants.signals[signal]);
          isStopping = true;
          current?.();
        });
      }
    }
    current = stop;
  };
}

/** A user without an entry in the password database is known by `USER` only. */
function findUserName(environment: Readonly<Record<string, string>>): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!hasErrorCode(error, 'ERR_SYSTEM_ERROR')) throw error;
    return environment.USER ?? '';
  }
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(brokenPipeStatus);
}
