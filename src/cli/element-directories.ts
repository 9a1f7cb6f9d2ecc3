import { builtinElementsDirectory } from '../base/assets.js';
import { BuildError } from '../base/build-error.js';
import { absolutePath } from '../request/absolute-path.js';
import type { World } from './world.js';

/**
 * Where elements are searched: `ELEMENTS_PATH`, then the built-in ones, each directory once.
 *
 * @throws BuildError `ELEMENT_DIRECTORY_INVALID` for an empty entry
 */
export function elementDirectoriesOf(
  world: Pick<World, 'environment' | 'workingDirectory' | 'homeDirectory'>,
): readonly string[] {
  const text = world.environment.ELEMENTS_PATH ?? '';
  const entries = text === '' ? [] : text.split(':');
  if (entries.includes(''))
    throw new BuildError({
      code: 'ELEMENT_DIRECTORY_INVALID',
      message: `ELEMENTS_PATH is "${text}"; it has an empty entry`,
      hint: 'remove the leading, trailing or doubled colon',
    });
  return [...new Set([...entries.map((entry) => absolutePath(entry, world)), builtinElementsDirectory])];
}
