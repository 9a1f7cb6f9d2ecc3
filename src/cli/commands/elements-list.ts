import type { Invocation } from '../command-row.js';
import { elementDirectoriesOf } from '../element-directories.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib elements list`: a line for each element, its name and what it is. */
export async function runElementsList(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const { describeElements } = await import('../../elements/describe-elements.js');
  const descriptions = await describeElements(elementDirectoriesOf(world));
  if (line.has('json')) {
    const listed = descriptions.map(({ name, directory, summary }) => ({ name, directory, summary }));
    world.writeOut(`${JSON.stringify(listed, undefined, 2)}\n`);
    return 0;
  }
  const nameColumns = Math.max(0, ...descriptions.map(({ name }) => name.length)) + 2;
  const summaryColumns = world.isTerminal ? Math.max(20, world.columns - nameColumns) : Number.POSITIVE_INFINITY;
  for (const { name, summary } of descriptions) {
    const shown = summary.length > summaryColumns ? `${summary.slice(0, summaryColumns - 1)}…` : summary;
    world.writeOut(`${(name.padEnd(nameColumns) + shown).trimEnd()}\n`);
  }
  return 0;
}
