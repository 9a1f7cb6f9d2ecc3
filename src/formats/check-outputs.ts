import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BuildError, hasErrorCode, throwFaults } from '../base/build-error.js';
import { describeFormat } from '../base/format-table.js';

/** Where artifacts are to go. */
export interface CheckOutputsOptions {
  /** Absolute path of artifacts without dot and extension. */
  readonly imagePath: string;
  readonly formats: readonly string[];
  readonly aciManifestPath?: string;
}

/**
 * Looks, before anything is built, whether the artifacts can be written.
 *
 * @throws BuildError `OUTPUT_UNWRITABLE` when the directory is missing, no directory or not writable, or when an
 *   artifact's path is a directory; `FILE_UNREADABLE` for the aci manifest; BuildErrors when several are wrong
 */
export async function checkOutputs(options: CheckOutputsOptions): Promise<void> {
  if (options.formats.length === 0) return;
  const directoryFault = await checkDirectory(dirname(options.imagePath));
  const pathFaults = directoryFault === undefined ? await checkPaths(options) : [];
  throwFaults([directoryFault, ...pathFaults, await checkManifest(options)].filter((fault) => fault !== undefined));
}

async function checkDirectory(directory: string): Promise<BuildError | undefined> {
  const fault = (words: string, hint: string): BuildError =>
    new BuildError({ code: 'OUTPUT_UNWRITABLE', message: `output directory ${directory} ${words}`, hint });
  try {
    if (!(await stat(directory)).isDirectory()) return fault('is not a directory', 'name another place with -o');
    await access(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return fault('does not exist', `mkdir -p ${directory}`);
    if (hasErrorCode(error, 'ENOTDIR')) return fault('is below a file', 'name another place with -o');
    if (hasErrorCode(error, 'EROFS')) return fault('is on a read-only file system', 'name another place with -o');
    if (hasErrorCode(error, 'EACCES')) return fault('is not writable', 'name another place with -o');
    throw error;
  }
}

async function checkPaths(options: CheckOutputsOptions): Promise<readonly BuildError[]> {
  const extensions = new Set(options.formats.map((format) => describeFormat(format).extension));
  const faults = await Promise.all(
    [...extensions].map(async (extension) => {
      const path = `${options.imagePath}.${extension}`;
      if (!(await isDirectory(path))) return undefined;
      return new BuildError({
        code: 'OUTPUT_UNWRITABLE',
        message: `output ${path} is a directory`,
        hint: 'name another output with -o',
      });
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}

async function checkManifest(options: CheckOutputsOptions): Promise<BuildError | undefined> {
  if (options.aciManifestPath === undefined || !options.formats.includes('aci')) return undefined;
  try {
    await access(options.aciManifestPath, constants.R_OK);
    if (!(await isDirectory(options.aciManifestPath))) return undefined;
  } catch (error) {
    if (!['ENOENT', 'EACCES', 'ENOTDIR'].some((code) => hasErrorCode(error, code))) throw error;
  }
  return new BuildError({
    code: 'FILE_UNREADABLE',
    message: `the aci manifest ${options.aciManifestPath} cannot be read`,
    where: 'ACI_MANIFEST',
  });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
