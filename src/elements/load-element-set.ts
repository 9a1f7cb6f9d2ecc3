import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { builtinElementsDirectory } from '../base/assets.js';
import { type BuildError, faultsOf, hasErrorCode, throwFaults } from '../base/build-error.js';
import { digestOfFields } from '../base/digest.js';
import type { Element, ElementSet } from '../model/element.js';
import { phases } from '../model/phase.js';
import { type FoundElement, findElements } from './find-elements.js';
import { defaultHookNamePattern } from './hook-name-pattern.js';
import { inspectHooks } from './list-hooks.js';
import { warnOfMistakenPhases } from './mistaken-phases.js';
import { readDeclaration } from './read-declaration.js';
import { type ResolvedElement, resolveElements } from './resolve-elements.js';
import { type ElementContent, scanElementFiles } from './scan-element-files.js';
import { inspectStaging } from './stage-plan.js';

/** Which elements, and where they are. */
export interface LoadElementSetOptions {
  /** As asked for, in order; repeats count once. */
  readonly requested: readonly string[];
  /** Absolute directories; of one name the directory listed first wins. */
  readonly elementDirectories: readonly string[];
  /**
   * Elements directly below it get their modes by content, as npm may have changed them. Default: the directory shipped
   * with this package.
   */
  readonly builtinDirectory?: string;
  /** Whether one of them must provide `operating-system`. Default true. */
  readonly isSystemNeeded?: boolean;
  /** `RUN_PARTS_REGEX`, for the warnings about files that do not run. */
  readonly hookNamePattern?: string;
}

/**
 * Finds the elements asked for, closes them under dependencies, orders them, and reads every file once.
 *
 * Only reads. The digest of an element depends on its files' paths, kinds, modes, link texts and contents, so for a
 * built-in element it is the same however the package was installed.
 *
 * @throws BuildError, all that can be known together: `ELEMENT_DIRECTORY_INVALID`, `ELEMENT_NOT_FOUND`,
 * `ELEMENT_DUPLICATE_PROVIDER`, `OPERATING_SYSTEM_MISSING`, `FILE_UNREADABLE`
 */
export async function loadElementSet(options: LoadElementSetOptions): Promise<ElementSet> {
  const found = await findElements(options.elementDirectories);
  const unreadable: BuildError[] = [];
  const resolution = resolveElements({
    requested: options.requested,
    declarationOf: (name) => declarationOf(found.get(name), unreadable),
    knownNames: found.keys(),
    elementDirectories: options.elementDirectories,
  });
  const isIgnored = ({ code }: BuildError) => options.isSystemNeeded === false && code === 'OPERATING_SYSTEM_MISSING';
  throwFaults([...unreadable, ...resolution.faults.filter((fault) => !isIgnored(fault))]);
  const builtinDirectory = await realDirectory(options.builtinDirectory ?? builtinElementsDirectory);
  const elements = await Promise.all(
    resolution.elements.map((resolved) => {
      const { directory } = found.get(resolved.name) ?? { directory: '' };
      return loadElement({ resolved, directory, isBuiltin: dirname(directory) === builtinDirectory });
    }),
  );
  const pattern = options.hookNamePattern ?? defaultHookNamePattern;
  const warnings = [
    ...elements.flatMap(({ name }) => overrideWarnings(found.get(name))),
    ...warnOfMistakenPhases(elements),
    ...inspectStaging(elements).warnings,
    ...phases.flatMap((phase) => inspectHooks(elements, phase, pattern).warnings),
  ];
  const digest = digestOfFields(elements.flatMap((element) => [element.name, element.digest]));
  return { elements, digest, warnings };
}

function declarationOf(found: FoundElement | undefined, unreadable: BuildError[]) {
  if (found === undefined) return undefined;
  try {
    return readDeclaration(found.directory);
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length === 0) throw error;
    unreadable.push(...faults);
    return { dependencies: [], provides: [] };
  }
}

async function realDirectory(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return directory;
    throw error;
  }
}

interface ElementToLoad {
  readonly resolved: ResolvedElement;
  readonly directory: string;
  readonly isBuiltin: boolean;
}

async function loadElement({ resolved, directory, isBuiltin }: ElementToLoad): Promise<Element> {
  const content = await scanElementFiles({ directory, modes: isBuiltin ? 'by-content' : 'real' });
  return {
    name: resolved.name,
    directory,
    dependencies: resolved.dependencies,
    provides: resolved.provides,
    requestedBy: resolved.requestedBy,
    files: content.files,
    directories: content.directories,
    digest: digestOfContent(content),
  };
}

function digestOfContent({ files, directories }: ElementContent): string {
  return digestOfFields([
    ...directories.flatMap(({ path, mode }) => ['directory', path, mode.toString(8)]),
    ...files.flatMap(({ path, kind, mode, digest }) => [kind, path, mode.toString(8), digest]),
  ]);
}

function overrideWarnings(found: FoundElement | undefined): string[] {
  if (found === undefined) return [];
  return found.overrides.map((overridden) => `element ${found.directory} overrides ${overridden}`);
}
