import { faultsOf, formatFault } from '../base/build-error.js';
import type { World } from './world.js';

/** Exit status when we are at fault (`EX_SOFTWARE` of sysexits.h). */
export const internalErrorStatus = 70;

/**
 * Prints an error on standard error as its kind demands, and gives the exit status: for a wrong command line that of
 * the command, for other faults their own, for bugs, which are shown with a stack, {@link internalErrorStatus}.
 */
export function reportError(error: unknown, usageStatus: number, world: Pick<World, 'writeError'>): number {
  const faults = faultsOf(error);
  const [first] = faults;
  if (first === undefined) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.writeError(`Internal error: ${stack.replace(/^(\w*Error): (Internal error: )?/, '$1: ')}\n`);
    return internalErrorStatus;
  }
  world.writeError(`${faults.map(formatFault).join('\n')}\n`);
  return first.code === 'USAGE' ? usageStatus : first.exitStatus;
}
