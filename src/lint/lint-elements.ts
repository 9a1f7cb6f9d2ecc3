import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { findElements } from '../elements/find-elements.js';
import { checkCalls } from './check-calls.js';
import { checkCollisions } from './check-collisions.js';
import { checkDanger } from './check-danger.js';
import { checkDataFiles } from './check-data-files.js';
import { checkDeclarations } from './check-declarations.js';
import { checkElementFiles } from './check-element-files.js';
import { checkLinks } from './check-links.js';
import { checkPackages } from './check-packages.js';
import { checkPaths } from './check-paths.js';
import { checkShell } from './check-shell.js';
import { checkStyle } from './check-style.js';
import { checkSudo } from './check-sudo.js';
import type { CheckName, Severity } from './check-table.js';
import { checkVariables } from './check-variables.js';
import { compareFindings, type Finding } from './finding.js';
import { indexLibrary, type Library } from './library.js';
import { isShell, type LintFile } from './lint-file.js';
import { type LintElement, readElement, readFilesBelow } from './read-element.js';
import { openReporter, type Reporter } from './report.js';

/** What to look at, and against what. */
export interface LintOptions {
  /** Absolute: directories of elements, all of which are looked at. */
  readonly elementDirectories: readonly string[];
  /** Absolute: single elements that are looked at too. */
  readonly elements?: readonly string[];
  /** Absolute: directories with elements that may be depended on. */
  readonly otherElementDirectories: readonly string[];
  /** Absolute: the shell functions that hooks source. They are looked at only when `isLibraryChecked`. */
  readonly libraryDirectory?: string;
  readonly isLibraryChecked?: boolean;
  readonly severities?: ReadonlyMap<CheckName, Severity | 'off'>;
  readonly showPath: (absolutePath: string) => string;
  /** Gives those of the paths that version control ignores. */
  readonly findIgnored?: (paths: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Checks Python files. */
  readonly checkPython?: (files: readonly LintFile[], report: Reporter) => Promise<void>;
}

/** What was seen. */
export interface LintResult {
  /** In the order of path and place. */
  readonly findings: readonly Finding[];
  /** Every file that was looked at, in the order of the paths. */
  readonly files: readonly LintFile[];
  readonly elementCount: number;
}

/**
 * Looks for faults in elements. Reads each file once; runs nothing itself.
 *
 * @throws BuildError `ELEMENT_DIRECTORY_INVALID`, `FILE_UNREADABLE`
 */
export async function lintElements(options: LintOptions): Promise<LintResult> {
  const library = await readLibrary(options);
  const selected = await selectElements(options, library);
  const libraryFiles = options.isLibraryChecked === true ? library.libraryFiles : [];
  const candidates = [...selected.flatMap((element) => element.files), ...libraryFiles];
  const ignored = await findIgnored(candidates, options);
  const isKept = (file: LintFile): boolean => !ignored.has(file.absolutePath);
  const files = candidates.filter(isKept);
  const { report, findings } = openReporter({ severities: options.severities ?? new Map() });
  const reportKept: Reporter = (found) => {
    if (isKept(found.file)) report(found);
  };
  for (const element of selected) checkElement(element, library, reportKept);
  for (const file of files) checkFile(file, library, reportKept);
  checkCollisions(new Set(selected.map((element) => element.name)), library, reportKept);
  const pythonFiles = files.filter((file) => /^#!.*python/.test(file.text ?? ''));
  if (pythonFiles.length > 0) await options.checkPython?.(pythonFiles, reportKept);
  return { findings: [...findings].sort(compareFindings), files, elementCount: selected.length };
}

function checkElement(element: LintElement, library: Library, report: Reporter): void {
  checkElementFiles(element, report);
  checkLinks(element, library, report);
  checkDeclarations(element, library, report);
  checkPackages(element, library, report);
  checkDataFiles(element, report);
}

function checkFile(file: LintFile, library: Library, report: Reporter): void {
  checkStyle(file, report);
  if (!isShell(file) || /^tests\//.test(file.relativePath)) return;
  checkShell(file, report);
  checkSudo(file, report);
  checkVariables(file, library, report);
  checkCalls(file, library, report);
  checkDanger(file, report);
  checkPaths(file, library, report);
}

/** Everything that can be named. A directory that is looked at wins over the others. */
async function readLibrary(options: LintOptions): Promise<Library> {
  const found = await findElements([...new Set([...options.elementDirectories, ...options.otherElementDirectories])]);
  const directories = new Map([...found].map(([name, element]) => [name, element.directory]));
  for (const path of options.elements ?? []) {
    const directory = await realDirectory(path);
    directories.set(basename(directory), directory);
  }
  const elements = await Promise.all(
    [...directories].map(([name, directory]) => readElement(name, { directory, showPath: options.showPath })),
  );
  const libraryFiles =
    options.libraryDirectory === undefined
      ? []
      : readFilesBelow({ directory: options.libraryDirectory, showPath: options.showPath }).files;
  return indexLibrary(elements, libraryFiles);
}

async function selectElements(options: LintOptions, library: Library): Promise<readonly LintElement[]> {
  const inDirectories = await findElements(options.elementDirectories);
  const names = new Set(inDirectories.keys());
  for (const path of options.elements ?? []) names.add(basename(await realDirectory(path)));
  return [...names].sort().flatMap((name) => library.elements.get(name) ?? []);
}

async function realDirectory(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
  throw new BuildError({ code: 'ELEMENT_DIRECTORY_INVALID', message: `"${path}" is not a directory` });
}

async function findIgnored(files: readonly LintFile[], options: LintOptions): Promise<ReadonlySet<string>> {
  if (options.findIgnored === undefined) return new Set();
  return options.findIgnored(files.map((file) => file.absolutePath));
}
