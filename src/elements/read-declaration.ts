import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, hasErrorCode } from '../base/build-error.js';

/** What an element says about others. */
export interface ElementDeclaration {
  /** `element-deps`, in the order of the file, without repeats. */
  readonly dependencies: readonly string[];
  /** `element-provides`, in the order of the file, without repeats. */
  readonly provides: readonly string[];
}

/**
 * Reads `element-deps` and `element-provides` of an element; a missing file is an empty list.
 *
 * One name a line, blanks around it dropped, empty lines ignored. There is no comment syntax.
 *
 * @throws BuildError `FILE_UNREADABLE`
 */
export function readDeclaration(elementDirectory: string): ElementDeclaration {
  return {
    dependencies: readNames(join(elementDirectory, 'element-deps')),
    provides: readNames(join(elementDirectory, 'element-provides')),
  };
}

function readNames(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    const reason = error instanceof Error ? error.message : String(error);
    throw new BuildError({ code: 'FILE_UNREADABLE', message: `"${path}" cannot be read: ${reason}`, cause: error });
  }
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...new Set(names)];
}
