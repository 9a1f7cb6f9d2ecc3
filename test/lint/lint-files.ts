import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { indexLibrary, type Library } from '../../src/lint/library.js';
import { lintElements } from '../../src/lint/lint-elements.js';
import { readElement } from '../../src/lint/read-element.js';

/** The first lines of a good hook; what follows is line 3. */
export const hookHead = '#!/bin/bash\nset -eu -o pipefail; : "${DIB_DEBUG_TRACE:-0}"\n';

/** Writes files into a new directory that goes away with the test. What starts with #! becomes executable, outside environment.d. */
export function writeFiles(context: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'dib-lint-'));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    const absolutePath = join(directory, path);
    mkdirSync(dirname(absolutePath), { recursive: true });
    writeFileSync(absolutePath, text);
    if (text.startsWith('#!') && !path.includes('environment.d/')) chmodSync(absolutePath, 0o755);
  }
  return directory;
}

/** Lints elements given as files, each with a README, and gives `path:line:column check` of everything found. */
export async function lintFiles(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { findings } = await lintDirectory(writeFiles(context, withReadmes(files)));
  return findings.map(({ path, line, column, check }) => `${path}:${line}:${column} ${check}`);
}

/** As {@link lintFiles}, but gives the messages. */
export async function messagesOf(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { findings } = await lintDirectory(writeFiles(context, withReadmes(files)));
  return findings.map(({ message, hint }) => (hint === undefined ? message : `${message} [${hint}]`));
}

/** Lints a directory of elements against nothing but itself. */
export function lintDirectory(directory: string): ReturnType<typeof lintElements> {
  return lintElements({
    elementDirectories: [directory],
    otherElementDirectories: [],
    showPath: (path) => relative(directory, path),
  });
}

/** Reads elements given as files into a library. */
export async function libraryOf(context: TestContext, files: Readonly<Record<string, string>>): Promise<Library> {
  const directory = writeFiles(context, files);
  const names = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  const elements = await Promise.all(
    names.map((name) => readElement(name, { directory: join(directory, name), showPath: (path) => path })),
  );
  return indexLibrary(elements, []);
}

function withReadmes(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
  return { ...Object.fromEntries([...names].map((name) => [`${name}/README.md`, `# ${name}\n`])), ...files };
}
