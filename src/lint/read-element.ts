import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../base/build-error.js';
import { compareBytes } from '../elements/byte-order.js';
import { readDeclaration } from '../elements/read-declaration.js';
import { scanElementFiles } from '../elements/scan-element-files.js';
import type { Element } from '../model/element.js';
import { disabledChecksOf, type FileRole, type LintFile, roleOf } from './lint-file.js';

/** An element with everything that the checks ask about it. */
export interface LintElement {
  readonly name: string;
  readonly directory: string;
  /** As the builder sees it. */
  readonly element: Element;
  /** All files, those that a build leaves out too. */
  readonly files: readonly LintFile[];
  /** Relative paths of all directories. */
  readonly directories: readonly string[];
}

/** Where files are read, and how they are shown. */
export interface ReadOptions {
  /** Absolute. */
  readonly directory: string;
  readonly showPath: (absolutePath: string) => string;
}

/**
 * Reads an element with the text of every file.
 *
 * @throws BuildError `FILE_UNREADABLE`
 */
export async function readElement(name: string, options: ReadOptions): Promise<LintElement> {
  const { directory } = options;
  const declaration = readDeclaration(directory);
  const content = await scanElementFiles({ directory, modes: 'real' });
  const { files, directories } = readFilesBelow({ ...options, element: name });
  return {
    name,
    directory,
    element: { name, directory, ...declaration, requestedBy: [], ...content, digest: '' },
    files,
    directories,
  };
}

/** Every file below a directory with its text, in byte order of the paths. */
export function readFilesBelow(options: ReadOptions & { readonly element?: string }): {
  readonly files: readonly LintFile[];
  readonly directories: readonly string[];
} {
  const files: LintFile[] = [];
  const directories: string[] = [];
  const walk = (parent: string): void => {
    const entries = readdirSync(join(options.directory, parent), { withFileTypes: true });
    for (const entry of entries.sort((one, other) => compareBytes(one.name, other.name))) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name === '__pycache__' || entry.name === '.git') continue;
        directories.push(path);
        walk(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) files.push(readFile({ ...options, path, entry }));
    }
  };
  walk('');
  return { files, directories };
}

function readFile(
  options: ReadOptions & { readonly element?: string; readonly path: string; readonly entry: Dirent },
): LintFile {
  const { path, entry, element } = options;
  const absolutePath = join(options.directory, path);
  const role: FileRole = element === undefined ? { kind: 'library' } : roleOf(path);
  const common = {
    absolutePath,
    path: options.showPath(absolutePath),
    relativePath: path,
    ...(element === undefined ? {} : { element }),
    role,
  };
  if (entry.isSymbolicLink())
    return {
      ...common,
      kind: 'link',
      linkTarget: readlinkSync(absolutePath),
      isExecutable: isExecutableBehind(absolutePath),
      disabledChecks: new Set(),
    };
  const bytes = readFileSync(absolutePath);
  const text = bytes.subarray(0, 8192).includes(0) ? undefined : bytes.toString('utf8');
  return {
    ...common,
    kind: 'file',
    isExecutable: (statSync(absolutePath).mode & 0o111) !== 0,
    ...(text === undefined ? {} : { text }),
    disabledChecks: text === undefined ? new Set() : disabledChecksOf(text),
  };
}

function isExecutableBehind(path: string): boolean {
  try {
    return (statSync(path).mode & 0o111) !== 0;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ELOOP') || hasErrorCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
