import { throwFaults } from '../base/build-error.js';
import type { BuildRequest } from '../model/request.js';
import { buildOptionRows } from './build-option-table.js';
import type { CommandStart } from './command-start.js';
import { type OptionUse, parseLongOptions } from './getopt-long.js';
import { shapesOfOptions } from './option-shapes.js';
import { readBuildRequest } from './read-build-request.js';
import { openSettings } from './settings.js';

/** What the command line asks for. */
export type ParsedCommand =
  | {
      readonly kind: 'build';
      readonly request: BuildRequest;
      /** Uses of `furtherOptions`. */
      readonly furtherUses: readonly OptionUse[];
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** Search path of programs after `-c`. */
const plainPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Turns flags and environment into a checked request with every default filled in.
 *
 * @throws BuildError or BuildErrors with all wrong flags and variables together: `USAGE`, `VARIABLE_INVALID`,
 *   `FORMAT_UNKNOWN`, `ELEMENT_DIRECTORY_INVALID`
 */
export function parseBuildRequest(start: CommandStart): ParsedCommand {
  const furtherOptions = start.furtherOptions ?? [];
  const parsed = parseLongOptions({
    shapes: shapesOfOptions([...buildOptionRows, ...furtherOptions]),
    arguments: start.arguments,
    isPosixOrder: start.environment.POSIXLY_CORRECT !== undefined,
  });
  if (parsed.faults.length === 0) {
    const immediate = parsed.uses.find((use) => use.name === 'help' || use.name === 'version');
    if (immediate !== undefined) return { kind: immediate.name === 'help' ? 'help' : 'version' };
  }
  const isCleared =
    (parsed.uses.some((use) => use.name === 'clearEnvironment') || Boolean(start.environment.CLEAR_ENV)) &&
    Boolean(start.environment.HOME);
  const environment = isCleared ? clearEnvironment(start.environment) : start.environment;
  const settings = openSettings(parsed.uses, environment);
  const request = readBuildRequest({ start, environment, settings, operands: parsed.operands });
  throwFaults([...parsed.faults, ...settings.faults]);
  const furtherNames = new Set(furtherOptions.map((option) => option.name));
  return { kind: 'build', request, furtherUses: parsed.uses.filter((use) => furtherNames.has(use.name)) };
}

function clearEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const kept = ['HOME', '_LIB', 'DIB_PYTHON_EXEC'].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { PATH: plainPath, ...Object.fromEntries(kept) };
}
