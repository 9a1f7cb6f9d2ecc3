import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { nearName } from '../base/near-name.js';
import { compareBytes } from './byte-order.js';
import { findElements } from './find-elements.js';
import { type ElementDeclaration, readDeclaration } from './read-declaration.js';

/** One element as `dib elements list` and `dib elements show` print it. */
export interface ElementDescription extends ElementDeclaration {
  readonly name: string;
  /** Absolute, symbolic links resolved. */
  readonly directory: string;
  /** Directories of the same name later on the search path. */
  readonly overrides: readonly string[];
  /** Elements that name it in their `element-deps`, sorted. */
  readonly usedBy: readonly string[];
  /** First sentence or paragraph of the README, on one line; empty without one. */
  readonly summary: string;
  /** Whole text of the README. */
  readonly readme: string;
}

/** README files, the first that exists is the one. */
const readmeNames = ['README.md', 'README.rst', 'README', 'README.txt'];

/**
 * Describes every element on the search path, sorted by name.
 *
 * @throws BuildError `ELEMENT_DIRECTORY_INVALID`, `FILE_UNREADABLE`
 */
export async function describeElements(elementDirectories: readonly string[]): Promise<readonly ElementDescription[]> {
  const found = [...(await findElements(elementDirectories)).values()];
  const declarations = new Map(found.map(({ name, directory }) => [name, readDeclaration(directory)]));
  return found
    .sort((one, other) => compareBytes(one.name, other.name))
    .map(({ name, directory, overrides }) => {
      const readme = readReadme(directory);
      const declaration = declarations.get(name) ?? { dependencies: [], provides: [] };
      const usedBy = found
        .map((element) => element.name)
        .filter((user) => declarations.get(user)?.dependencies.includes(name) === true);
      return { name, directory, overrides, ...declaration, usedBy, summary: summaryOf(readme), readme };
    });
}

/**
 * Describes one element.
 *
 * @throws BuildError `ELEMENT_NOT_FOUND`, and as {@link describeElements}
 */
export async function describeElement(
  name: string,
  elementDirectories: readonly string[],
): Promise<ElementDescription> {
  const descriptions = await describeElements(elementDirectories);
  const description = descriptions.find((candidate) => candidate.name === name);
  if (description !== undefined) return description;
  const near = nearName(
    name,
    descriptions.map((candidate) => candidate.name),
  );
  throw new BuildError({
    code: 'ELEMENT_NOT_FOUND',
    message: `element "${name}" not found`,
    hint: `${near === undefined ? '' : `did you mean "${near}"?; `}searched: ${elementDirectories.join(', ')}`,
  });
}

function readReadme(directory: string): string {
  for (const readmeName of readmeNames) {
    try {
      return readFileSync(join(directory, readmeName), 'utf8');
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'EISDIR')) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new BuildError({
          code: 'FILE_UNREADABLE',
          message: `"${join(directory, readmeName)}" cannot be read: ${reason}`,
          cause: error,
        });
      }
    }
  }
  return '';
}

/** The first paragraph that is no heading, cut after its first sentence. */
function summaryOf(readme: string): string {
  const paragraphs = readme.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
  for (const paragraph of paragraphs) {
    const lines = paragraph.split('\n').filter((line, index, all) => !isHeadingLine(line, all[index + 1]));
    const text = lines.join(' ').replace(/\s+/g, ' ').trim();
    if (text === '') continue;
    return /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  }
  return '';
}

/** Markdown `#` headings, and underlined headings of Markdown and reStructuredText with their line. */
function isHeadingLine(line: string, next: string | undefined): boolean {
  const isUnderline = (text: string | undefined): boolean =>
    text !== undefined && /^([=\-~^"'#*+])\1{2,}\s*$/.test(text);
  return /^#{1,6} /.test(line) || isUnderline(line) || isUnderline(next);
}
