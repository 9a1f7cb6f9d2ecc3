import type { TestContext } from 'node:test';
import { runCommand } from '../../../src/cli/run-command.js';
import type { World } from '../../../src/cli/world.js';
import { openRecordingWorld } from '../recording-world.js';

/** What a command did. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line, split at blanks, in a recording world. */
export async function runLine(
  context: TestContext,
  line: string,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly world?: Partial<World> } = {},
): Promise<Outcome> {
  const world = openRecordingWorld(context, options.environment);
  const [programName = '', ...words] = line.split(' ');
  const status = await runCommand({ programName, arguments: words, world: { ...world, ...options.world } });
  return { status, ...world.written };
}
