import type { Invocation } from '../command-row.js';
import { elementDirectoriesOf } from '../element-directories.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib elements resolve ELEMENT…`: the closed, ordered list, with who asked for each. */
export async function runElementsResolve(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const { loadElementSet } = await import('../../elements/load-element-set.js');
  const { elements, digest, warnings } = await loadElementSet({
    requested: line.operands,
    elementDirectories: elementDirectoriesOf(world),
  });
  for (const warning of warnings) world.writeError(`warning: ${warning}\n`);
  if (line.has('json')) {
    const listed = elements.map((element) => ({
      name: element.name,
      directory: element.directory,
      requestedBy: element.requestedBy,
      digest: element.digest,
    }));
    world.writeOut(`${JSON.stringify({ digest, elements: listed }, undefined, 2)}\n`);
    return 0;
  }
  const nameColumns = Math.max(0, ...elements.map(({ name }) => name.length)) + 2;
  for (const { name, requestedBy } of elements)
    world.writeOut(`${name.padEnd(nameColumns)}asked for by ${requestedBy.join(', ')}\n`);
  return 0;
}
