import { libDirectory } from '../../base/assets.js';
import type { Invocation } from '../command-row.js';

/** `dib-run-parts`: runs the shell program of that name, its terminal and environment ours. */
export async function runDibRunParts({ arguments: words, world }: Invocation): Promise<number> {
  const { programs } = await world.openPorts();
  const { exitStatus } = await programs.run({
    program: 'bash',
    arguments: [`${libDirectory}/dib-run-parts`, ...words],
    environment: world.environment,
    workingDirectory: world.workingDirectory,
    isInteractive: true,
  });
  return exitStatus;
}
