import { BuildError } from '../base/build-error.js';
import type { HostProgram } from '../model/plan.js';
import type { Programs } from '../model/ports.js';

/** One fault that names every program that is not there, what needs it, and the packages to install; none when all are. */
export function findMissingPrograms(
  needed: readonly HostProgram[],
  programs: Pick<Programs, 'find'>,
): readonly BuildError[] {
  const missing = needed.filter(({ program }) => programs.find(program) === undefined);
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((program) => program.package))].sort();
  return [
    new BuildError({
      code: 'PROGRAM_MISSING',
      message: [
        'programs missing on this host:',
        ...missing.map(({ program, neededBy }) => `  ${program} (${neededBy})`),
      ].join('\n'),
      hint: `on Debian and Ubuntu: apt-get install ${packages.join(' ')}`,
    }),
  ];
}
