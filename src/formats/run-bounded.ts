import { setMaxListeners } from 'node:events';
import type { Command, Ports, Programs } from '../model/ports.js';

/** A piece of work; it starts programs only through the ports that it is handed. */
export type Task<Result> = (ports: Ports) => Promise<Result>;

/**
 * Runs tasks at the same time, at most `limit` of them, started in order.
 *
 * After a failure no task is started any more, the programs of the running ones are stopped, and the failure is
 * thrown when all have ended.
 *
 * @returns the results in the order of the tasks
 */
export async function runBounded<Result>(
  tasks: readonly Task<Result>[],
  limit: number,
  ports: Ports,
): Promise<readonly Result[]> {
  const stop = new AbortController();
  // Every running program listens; Node warns past ten.
  setMaxListeners(0, stop.signal);
  const stoppable = { ...ports, programs: stoppablePrograms(ports.programs, stop.signal) };
  const results: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  let nextIndex = 0;
  const work = async (): Promise<void> => {
    while (failure === undefined && nextIndex < tasks.length) {
      const index = nextIndex;
      nextIndex += 1;
      try {
        const result = await tasks[index]?.(stoppable);
        if (result !== undefined) results[index] = result;
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
  if (failure !== undefined) throw failure.error;
  return results;
}

/** Programs that also end when the signal is given. */
function stoppablePrograms(programs: Programs, signal: AbortSignal): Programs {
  const stoppable = (command: Command): Command => ({
    ...command,
    signal: command.signal === undefined ? signal : AbortSignal.any([signal, command.signal]),
  });
  return {
    find: (program) => programs.find(program),
    run: (command) => programs.run(stoppable(command)),
    require: (command) => programs.require(stoppable(command)),
    requirePipeline: (commands) => programs.requirePipeline(commands.map(stoppable)),
  };
}
