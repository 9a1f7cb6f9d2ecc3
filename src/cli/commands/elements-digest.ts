import { builtinElementsDirectory } from '../../base/assets.js';
import { digestOfFields } from '../../base/digest.js';
import type { Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/**
 * `dib elements digest`: one digest over paths, modes and contents of all files of the built-in elements.
 *
 * Modes are those that the engine gives the files, so every way of installing the package gives the same digest.
 */
export async function runElementsDigest(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [{ findElements }, { scanElementFiles }] = await Promise.all([
    import('../../elements/find-elements.js'),
    import('../../elements/scan-element-files.js'),
  ]);
  const found = [...(await findElements([builtinElementsDirectory])).values()];
  const digests: Record<string, string> = {};
  for (const { name, directory } of found.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const { files } = await scanElementFiles({ directory, modes: 'by-content' });
    const fields = files.flatMap((file) => [file.path, file.kind, file.mode.toString(8), file.digest]);
    digests[name] = digestOfFields(fields);
  }
  const digest = digestOfFields(Object.entries(digests).flat());
  world.writeOut(line.has('json') ? `${JSON.stringify({ digest, elements: digests }, undefined, 2)}\n` : `${digest}\n`);
  return 0;
}
