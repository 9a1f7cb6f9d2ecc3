import { BuildError } from '../../base/build-error.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `element-info [--env] ELEMENT…`: the elements of a build as names, or as shell code. */
export async function runElementInfo(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const searchPath = world.environment.ELEMENTS_PATH ?? '';
  if (searchPath === '')
    throw new BuildError({
      code: 'VARIABLE_INVALID',
      message: 'ELEMENTS_PATH must be set',
      hint: 'ELEMENTS_PATH=$(dib paths elements) searches the built-in elements',
    });
  const [{ loadElementSet }, { formatElementEnvironment, formatElementNames }] = await Promise.all([
    import('../../elements/load-element-set.js'),
    import('../../elements/element-info.js'),
  ]);
  const elementSet = await loadElementSet({
    requested: line.operands,
    elementDirectories: searchPath.split(':').map((entry) => (entry === '' ? entry : absolutePath(entry, world))),
  });
  for (const warning of elementSet.warnings) world.writeError(`warning: ${warning}\n`);
  world.writeOut(line.has('env') ? formatElementEnvironment(elementSet) : formatElementNames(elementSet));
  return 0;
}
