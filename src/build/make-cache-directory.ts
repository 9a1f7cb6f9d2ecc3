import { mkdir } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';

/**
 * Makes a directory that builds share, with its parents.
 *
 * @throws BuildError `CACHE_UNUSABLE` when it cannot be made, with the reason
 */
export async function makeCacheDirectory(directory: string, variable: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new BuildError({
      code: 'CACHE_UNUSABLE',
      message: `the cache directory ${directory} cannot be made: ${reason}`,
      hint: `name another place in ${variable}`,
      cause: error,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the file system is full',
  EDQUOT: 'the quota is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
};
