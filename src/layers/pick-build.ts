import { BuildError } from '../base/build-error.js';
import { formatTable } from '../base/format-table.js';
import type { BuildDecisions } from './build-decisions.js';

/**
 * The build that a command speaks of: the last one of an image, or the last one of any.
 *
 * @param builds newest first
 * @param imagePath absolute, as `-o` said or with the ending of a format
 * @throws BuildError `USAGE` when there is none, with what there is
 */
export function pickBuild(builds: readonly BuildDecisions[], imagePath: string | undefined): BuildDecisions {
  const names = imagePath === undefined ? [] : [imagePath, ...withoutEndings(imagePath)];
  const build = builds.find((candidate) => imagePath === undefined || names.includes(candidate.imagePath));
  if (build !== undefined) return build;
  throw new BuildError({
    code: 'USAGE',
    message: imagePath === undefined ? 'no build has kept layers yet' : `no build of ${imagePath} has kept layers`,
    hint:
      builds.length === 0
        ? 'build an image first; with --cache=off nothing is kept'
        : `there are ${builds.map((candidate) => candidate.imagePath).join(', ')}`,
  });
}

/** What `-o` may have said, where the path is that of an artifact. */
function withoutEndings(path: string): readonly string[] {
  return formatTable
    .filter(({ extension }) => path.endsWith(`.${extension}`))
    .map(({ extension }) => path.slice(0, -extension.length - 1));
}
