import { builtinElementsDirectory, libDirectory } from '../../base/assets.js';
import { BuildError } from '../../base/build-error.js';
import { hintNearName } from '../../base/near-name.js';
import type { Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

const directories: Readonly<Record<string, string>> = { elements: builtinElementsDirectory, lib: libDirectory };

/** `dib paths elements|lib`: prints the directory. */
export async function runPaths(invocation: Invocation): Promise<number> {
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: invocation.world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [key = ''] = line.operands;
  const directory = directories[key];
  if (directory === undefined || !Object.hasOwn(directories, key))
    throw new BuildError({
      code: 'USAGE',
      message: `dib paths knows no "${key}"`,
      hint: hintNearName(key, Object.keys(directories)) ?? 'there are elements, lib',
    });
  invocation.world.writeOut(`${directory}\n`);
  return 0;
}
