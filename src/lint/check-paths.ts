import { posix } from 'node:path';
import type { Library } from './library.js';
import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';

/** Ways in which a hook names the directory that it lies in, up to the rest of the path. */
const ownDirectory =
  /(?:\$\(dirname (?:-- )?"?\$(?:\{?0\}?|\{BASH_SOURCE(?:\[0\])?\}|BASH_SOURCE)"?\)|\$\{0%\/\*\})"?((?:\/[\w.@+-]+)+)(?![\w.@+${*?-])/g;
const stagingDirectory = /(?:\/tmp\/in_target\.d|\$\{?TMP_HOOKS_PATH\}?"?)((?:\/[\w.@+-]+)+)(?![\w.@+${*?-])/g;

/** Paths that start at the hook itself or at the staging directory: whether they stay in it and lead to something. */
export function checkPaths(file: LintFile, library: Library, report: Reporter): void {
  const { text, element, role } = file;
  if (text === undefined || element === undefined || role.kind !== 'hook') return;
  // Hooks of install types are linked into install.d and run there.
  const phaseDirectory = file.relativePath.split('/')[0] ?? '';
  for (const match of text.matchAll(ownDirectory)) {
    const path = posix.normalize(phaseDirectory + (match[1] ?? ''));
    if (isInComment(text, match.index)) continue;
    if (path === '..' || path.startsWith('../'))
      report({
        check: 'missing-file',
        file,
        offset: match.index,
        message: `${match[0]} leads out of the staging directory`,
      });
    else checkStaged({ path, shown: match[0], offset: match.index, file, element, library, report });
  }
  for (const match of text.matchAll(stagingDirectory)) {
    if (isInComment(text, match.index)) continue;
    const path = posix.normalize((match[1] ?? '').slice(1));
    checkStaged({ path, shown: match[0], offset: match.index, file, element, library, report });
  }
}

function checkStaged(options: {
  readonly path: string;
  readonly shown: string;
  readonly offset: number;
  readonly file: LintFile;
  readonly element: string;
  readonly library: Library;
  readonly report: Reporter;
}): void {
  const { path, shown, offset, file, element, library, report } = options;
  if (path === '.' || path === '') return;
  const name = posix.basename(path);
  // The engine stages the runner, and tables in directories named like the program that reads them.
  if (
    path === 'dib-run-parts' ||
    /^(package-installs|pkg-map|svc-map|source-repositories|environment)\.d(\/|$)/.test(path)
  )
    return;
  for (const other of library.closureOf(element)) {
    const found = library.elements.get(other);
    if (found === undefined) continue;
    if (found.directories.includes(path) || found.files.some((candidate) => candidate.relativePath === path)) return;
    // Hooks on the host may put files into the staging directory: whoever names the file may make it.
    const makers = found.files.filter((candidate) => candidate.role.kind === 'hook' && candidate.role.place === 'host');
    if (makers.some((maker) => maker.absolutePath !== file.absolutePath && maker.text?.includes(name) === true)) return;
  }
  if (isTested(file, offset, shown) || isMadeHere(file, name)) return;
  // A directory that others fill.
  const all = [...library.elements.values()];
  if (/^[\w-]+\.d$/.test(path) || all.some((found) => found.directories.includes(path))) return;
  report({
    check: 'missing-file',
    file,
    offset,
    message: `${shown} leads to nothing: no element of the build ships ${path}`,
  });
}

/** Whether the script asks first if the path is there, by itself or by the variable that it is put into. */
function isTested(file: LintFile, offset: number, shown: string): boolean {
  const text = file.text ?? '';
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
  const variable = /([A-Za-z_]\w*)=[^\s=]*$/.exec(line)?.[1];
  const words = [shown, ...(variable === undefined ? [] : [`$${variable}`, `\${${variable}}`])];
  const rest = shown.replace(/^.*?\//, '/');
  return (
    words.some((word) => new RegExp(`-[defrsxL] "?${escapePattern(word)}`).test(text)) ||
    new RegExp(`-[defrsxL] [^\\n]*${escapePattern(rest)}`).test(text)
  );
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Whether the hook itself writes a file or directory of that name. */
function isMadeHere(file: LintFile, name: string): boolean {
  return (
    factsOf(file).commands.some(
      (command) =>
        /^(mkdir|cp|mv|ln|install|touch|tee|rsync)$/.test(command.name ?? '') &&
        command.arguments.some((word) => word.text.includes(name)),
    ) ||
    factsOf(file).commands.some((command) =>
      command.redirections.some(
        ({ operator, target }) => operator.includes('>') && target?.text.includes(name) === true,
      ),
    )
  );
}

function isInComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
  return /^\s*#/.test(line);
}
