import { packageDirectory } from '../base/assets.js';
import type { CommandResult } from '../model/ports.js';
import { openPorts } from './open-ports.js';

/** What {@link runOwnProgram} needs. */
export interface OwnProgramOptions {
  /** A program of `bin/`. */
  readonly programName: string;
  readonly arguments: readonly string[];
  /** The whole environment; `LC_ALL=C.UTF-8` is added where it is absent. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Node's own program. */
  readonly nodePath: string;
  /** Sees every line that it says. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Stops it with SIGTERM; it then ends its build and leaves nothing. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program of this package as a child of its own, so that several run side by side and their lines can be told apart.
 *
 * The kernel ends it when we are killed (prctl(2), `PR_SET_PDEATHSIG`): it has a process group of its own, so nothing
 * else would.
 */
export function runOwnProgram(options: OwnProgramOptions): Promise<CommandResult> {
  const { programs } = openPorts({
    pathDirectories: (options.environment.PATH ?? '').split(':').filter((directory) => directory !== ''),
    emit: (event) => {
      if (event.kind === 'output') options.onLine(event.text, event.stream);
    },
    signal: options.signal,
  });
  const words = [options.nodePath, `${packageDirectory}/bin/${options.programName}`, ...options.arguments];
  // A host without it builds nothing: the child says so, and what to install.
  const prefix = programs.find('setpriv') === undefined ? [] : ['setpriv', '--pdeathsig', 'KILL', '--'];
  const [program = options.nodePath, ...rest] = [...prefix, ...words];
  return programs.run({
    program,
    arguments: rest,
    environment: options.environment,
    workingDirectory: options.workingDirectory,
    output: 'log',
  });
}
