import type { Library } from './library.js';
import { factsOf, isShell, type LintFile } from './lint-file.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';
import { writtenPaths } from './written-paths.js';

/** Files that two elements of one build both bring: hooks and programs of one name, files of the image. */
export function checkCollisions(selected: ReadonlySet<string>, library: Library, report: Reporter): void {
  const images = new Map([...library.elements.values()].map((element) => [element.name, imageFilesOf(element)]));
  const reported = new Set<string>();
  for (const name of selected) {
    const members = [...library.closureOf(name)].filter((member) => !isAlternative(member, name, library));
    reportPairs({
      members,
      selected,
      pathsOf: (member) => stagedFilesOf(library.elements.get(member)),
      check: 'hook-duplicate',
      reported,
      report,
    });
    reportPairs({
      members,
      selected,
      pathsOf: (member) => images.get(member) ?? new Map(),
      check: 'same-file',
      reported,
      report,
    });
  }
}

function reportPairs(options: {
  readonly members: readonly string[];
  readonly selected: ReadonlySet<string>;
  readonly pathsOf: (member: string) => ReadonlyMap<string, { readonly file: LintFile; readonly offset?: number }>;
  readonly check: 'hook-duplicate' | 'same-file';
  readonly reported: Set<string>;
  readonly report: Reporter;
}): void {
  const { members, selected, pathsOf, check, reported, report } = options;
  const owners = new Map<string, string>();
  for (const member of members) {
    for (const [path, { file, offset }] of pathsOf(member)) {
      const other = owners.get(path);
      if (other === undefined) {
        owners.set(path, member);
        continue;
      }
      const [first = '', second = ''] = [other, member].sort();
      const key = `${check} ${path} ${first} ${second}`;
      // The one nearer to the element that is looked at can be changed without touching what it builds on.
      const blamed = selected.has(other) ? { ...pathsOf(other).get(path), other: member } : { file, offset, other };
      if (reported.has(key) || blamed.file === undefined) continue;
      reported.add(key);
      report({
        check,
        file: blamed.file,
        offset: blamed.offset,
        message:
          check === 'hook-duplicate'
            ? `element "${blamed.other}" of the same build ships ${path} too`
            : `element "${blamed.other}" of the same build writes ${path} too`,
        hint: check === 'hook-duplicate' ? 'rename one of them' : 'the one that comes later wins',
      });
    }
  }
}

/** An element that stands in for another in some builds only is not surely in the same build. */
function isAlternative(member: string, root: string, library: Library): boolean {
  if (member === root) return false;
  const provides = library.elements.get(member)?.element.provides ?? [];
  return provides.length > 0 && !library.elements.get(root)?.element.dependencies.includes(member);
}

/** Files directly in a directory: two of one path cannot be staged. */
function stagedFilesOf(element: LintElement | undefined): ReadonlyMap<string, { readonly file: LintFile }> {
  const files = (element?.files ?? []).filter(({ relativePath }) => {
    const [top, second = '', ...rest] = relativePath.split('/');
    return second !== '' && rest.length === 0 && top !== 'tests' && !second.startsWith('.');
  });
  return new Map(files.map((file) => [file.relativePath, { file }]));
}

/** What an element puts into the image by literal paths: `static/`, and files that its hooks write anew. */
function imageFilesOf(
  element: LintElement,
): ReadonlyMap<string, { readonly file: LintFile; readonly offset?: number }> {
  const paths = new Map<string, { readonly file: LintFile; readonly offset?: number }>();
  for (const file of element.files) {
    if (file.relativePath.startsWith('static/')) paths.set(file.relativePath.slice('static'.length), { file });
    if (file.role.kind !== 'hook' || file.role.place !== 'chroot' || !isShell(file)) continue;
    for (const command of factsOf(file).commands) {
      const isWriter = /^(cat|echo|printf|tee|install|cp)$/.test(command.name ?? '');
      const isAppending =
        command.redirections.some(({ operator }) => operator === '>>') ||
        command.arguments.some((word) => /^(-a|--append|-d|-t.*)$/.test(word.text));
      if (!isWriter || isAppending || command.functionName !== undefined) continue;
      for (const { literal, offset } of writtenPaths(command)) {
        if (literal === undefined || !/^\/(etc|usr|lib|opt|srv|boot|var\/lib)\/.*[^/]$/.test(literal)) continue;
        // A copy into a directory does not name its file.
        if (/^(cp|install)$/.test(command.name ?? '') && !/\/[^/]*[.-][^/]*$|bin\/[^/]+$/.test(literal)) continue;
        if (!paths.has(literal)) paths.set(literal, { file, offset });
      }
    }
  }
  return paths;
}
