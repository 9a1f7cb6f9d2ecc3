import { dirname } from 'node:path';
import type { Programs } from '../model/ports.js';

/**
 * Gives those of the paths that git ignores. Without git, or outside a repository, none are.
 *
 * @param paths absolute
 */
export async function findIgnored(programs: Programs, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const [first] = paths;
  if (first === undefined || programs.find('git') === undefined) return new Set();
  const result = await programs.run({
    program: 'git',
    arguments: ['check-ignore', '--stdin', '-z'],
    workingDirectory: dirname(first),
    input: paths.map((path) => `${path}\0`).join(''),
  });
  return new Set(result.stdout.split('\0').filter((path) => path !== ''));
}
