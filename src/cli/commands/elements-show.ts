import type { Invocation } from '../command-row.js';
import { elementDirectoriesOf } from '../element-directories.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib elements show ELEMENT`: where it is, what it needs and who needs it, its files and its README. */
export async function runElementsShow(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [{ describeElement }, { scanElementFiles }] = await Promise.all([
    import('../../elements/describe-elements.js'),
    import('../../elements/scan-element-files.js'),
  ]);
  const description = await describeElement(line.operands[0] ?? '', elementDirectoriesOf(world));
  const { files } = await scanElementFiles({ directory: description.directory, modes: 'real' });
  const paths = files.map((file) => file.path);
  if (line.has('json')) {
    world.writeOut(`${JSON.stringify({ ...description, files: paths }, undefined, 2)}\n`);
    return 0;
  }
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['needs', description.dependencies],
    ['provides', description.provides],
    ['used by', description.usedBy],
    ['hides', description.overrides],
  ];
  world.writeOut(
    [
      `${description.name}  ${description.directory}`,
      ...lists.filter(([, names]) => names.length > 0).map(([title, names]) => `${title}: ${names.join(' ')}`),
      'files:',
      ...paths.map((path) => `  ${path}`),
      ...(description.readme === '' ? [] : ['', description.readme.trimEnd()]),
      '',
    ].join('\n'),
  );
  return 0;
}
