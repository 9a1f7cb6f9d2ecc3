import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command, CommandResult, Ports } from '../model/ports.js';

/** A chain of programs that reads the stream from its standard input; the last one says little. */
export type Sink = readonly [Command, ...Command[]];

/** What {@link fanOut} connects. */
export interface FanOut {
  /** Writes the stream to its standard output. */
  readonly source: Command;
  readonly sinks: readonly Sink[];
  /** Existing directory for the named pipes. */
  readonly scratchDirectory: string;
}

/**
 * Runs a program once and gives its output to every sink at the same time.
 *
 * The first failure stops everything.
 *
 * @returns the result of each sink's last program, in order
 * @throws BuildError `COMMAND_FAILED` of what failed first
 */
export async function fanOut(options: FanOut, ports: Ports): Promise<readonly CommandResult[]> {
  const [first, ...rest] = options.sinks;
  if (first === undefined) return [];
  if (rest.length === 0) return [await ports.programs.requirePipeline([options.source, ...first])];
  const directory = await mkdtemp(join(options.scratchDirectory, 'fan-out-'));
  try {
    const pipes = rest.map((_, index) => join(directory, String(index)));
    await ports.programs.require({ program: 'mkfifo', arguments: ['--', ...pipes] });
    const chains: readonly (readonly Command[])[] = [
      [options.source, { program: 'tee', arguments: ['--', ...pipes] }, ...first],
      ...rest.map((sink, index) => [{ program: 'cat', arguments: ['--', pipes[index] ?? ''] }, ...sink]),
    ];
    return await runTogether(chains, ports);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A program that waits for the other end of a named pipe waits for ever when that end has failed: so stop all. */
async function runTogether(chains: readonly (readonly Command[])[], ports: Ports): Promise<readonly CommandResult[]> {
  const stop = new AbortController();
  // Every running program listens; Node warns past ten.
  setMaxListeners(0, stop.signal);
  let failure: { readonly error: unknown } | undefined;
  const results = await Promise.all(
    chains.map(async (chain) => {
      try {
        return await ports.programs.requirePipeline(chain.map((command) => ({ ...command, signal: stop.signal })));
      } catch (error) {
        failure ??= { error };
        stop.abort();
        return undefined;
      }
    }),
  );
  if (failure !== undefined) throw failure.error;
  return results.filter((result) => result !== undefined);
}

/** The last program of a sink: writes what it reads to a file. */
export function writeToFile(path: string): Command {
  return { program: 'dd', arguments: [`of=${path}`, 'bs=1M', 'iflag=fullblock', 'status=none'] };
}
