import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BuildError, hasErrorCode, throwFaults } from '../base/build-error.js';
import { compareBytes } from './byte-order.js';

/** An element that was found, before its files are read. */
export interface FoundElement {
  readonly name: string;
  /** Absolute, symbolic links resolved. */
  readonly directory: string;
  /** Real directories of the same name that lie later on the search path, nearest first. */
  readonly overrides: readonly string[];
}

/**
 * Finds every element below the search path, by name; of one name the directory listed first wins.
 *
 * Each directory, or link to one, directly below an entry is an element. Its name is the last part of its
 * real path, so a link `alias → real` gives `real`.
 *
 * @throws BuildError `ELEMENT_DIRECTORY_INVALID` for each entry that is not a directory, all together in the order of the path
 */
export async function findElements(elementDirectories: readonly string[]): Promise<ReadonlyMap<string, FoundElement>> {
  const perDirectory = await Promise.all(
    elementDirectories.map((directory) =>
      elementsBelow(directory).catch((error: unknown) => {
        if (error instanceof BuildError) return error;
        throw error;
      }),
    ),
  );
  throwFaults(perDirectory.filter((result) => result instanceof BuildError));
  const found = new Map<string, FoundElement>();
  for (const directory of perDirectory.flatMap((result) => (result instanceof BuildError ? [] : result))) {
    const name = basename(directory);
    const known = found.get(name);
    if (known === undefined) found.set(name, { name, directory, overrides: [] });
    else if (known.directory !== directory && !known.overrides.includes(directory)) {
      found.set(name, { ...known, overrides: [...known.overrides, directory] });
    }
  }
  return found;
}

/** Real paths of the elements directly below one entry, in byte order of the names as listed. */
async function elementsBelow(directory: string): Promise<string[]> {
  const entries = await listEntry(directory);
  const realDirectory = await realpath(directory);
  const paths = await Promise.all(
    entries.map(async (entry) => {
      const path = join(realDirectory, entry.name);
      if (entry.isDirectory()) return path;
      return entry.isSymbolicLink() ? await realDirectoryBehind(path) : undefined;
    }),
  );
  return paths.filter((path) => path !== undefined);
}

async function listEntry(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((one, other) => compareBytes(one.name, other.name));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ENOTDIR') && !hasErrorCode(error, 'EACCES'))
      throw error;
    const what = hasErrorCode(error, 'ENOENT')
      ? 'does not exist'
      : hasErrorCode(error, 'ENOTDIR')
        ? 'is not a directory'
        : 'cannot be read: permission denied';
    throw new BuildError({
      code: 'ELEMENT_DIRECTORY_INVALID',
      message: `element directory "${directory}" ${what}`,
      hint: 'correct ELEMENTS_PATH, a list of directories separated by colons',
      cause: error,
    });
  }
}

async function realDirectoryBehind(linkPath: string): Promise<string | undefined> {
  try {
    const path = await realpath(linkPath);
    return (await stat(path)).isDirectory() ? path : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ELOOP') || hasErrorCode(error, 'EACCES'))
      return undefined;
    throw error;
  }
}
