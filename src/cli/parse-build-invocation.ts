import { builtinElementsDirectory, libDirectory } from '../base/assets.js';
import type { OptionRow } from '../request/build-option-table.js';
import { type ParsedCommand, parseBuildRequest } from '../request/parse-build-request.js';
import type { Invocation } from './command-row.js';
import { detectArchitecture } from './detect-architecture.js';

/**
 * Reads the request of a command that takes the options of a build.
 *
 * `_LIB` always names the shell files of this package; `DIB_PYTHON_EXEC` is found on PATH when unset.
 *
 * @throws BuildError or BuildErrors as `parseBuildRequest`
 */
export async function parseBuildInvocation(
  invocation: Invocation,
  furtherOptions: readonly OptionRow[] = [],
): Promise<ParsedCommand> {
  const { world } = invocation;
  const { programs } = await world.openPorts();
  const pythonPath = world.environment.DIB_PYTHON_EXEC || programs.find('python3');
  return parseBuildRequest({
    programName: invocation.programName,
    arguments: invocation.arguments,
    environment: {
      ...world.environment,
      _LIB: libDirectory,
      ...(pythonPath === undefined ? {} : { DIB_PYTHON_EXEC: pythonPath }),
    },
    workingDirectory: world.workingDirectory,
    hostArchitecture: await detectArchitecture({ programs, machine: world.machine }),
    homeDirectory: world.homeDirectory,
    builtinElementsDirectory,
    furtherOptions,
  });
}
