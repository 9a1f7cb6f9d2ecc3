/** How bad a finding is: an error breaks a build or an image, a warning may. */
export type Severity = 'error' | 'warning';

/** One check, as `--list-checks` shows it. */
export interface CheckRow {
  readonly severity: Severity;
  /** Whether `dib-lint` has always had it; only these decide its exit status. */
  readonly isOriginal?: true;
  readonly summary: string;
}

/** Every check by its name: the name is what `--disable`, `# dib-lint: disable=` and `# dib-lint:` on a line take. */
export const checkTable = {
  // Checks that dib-lint has always had.
  readme: { severity: 'error', isOriginal: true, summary: 'An element has a README.rst or a README.md.' },
  'source-newline': {
    severity: 'error',
    isOriginal: true,
    summary: 'A source-repository file ends with a newline.',
  },
  executable: { severity: 'error', isOriginal: true, summary: 'A file that starts with #! is executable.' },
  flake8: { severity: 'error', isOriginal: true, summary: 'Python files can be parsed, and pass flake8 where it is.' },
  indent: { severity: 'error', isOriginal: true, summary: 'Scripts are indented by multiples of 4 blanks.' },
  'deps-order': { severity: 'error', isOriginal: true, summary: 'element-deps is sorted.' },
  'bash-path': { severity: 'error', isOriginal: true, summary: 'The interpreter of a bash script is /bin/bash.' },
  sete: { severity: 'error', isOriginal: true, summary: 'A bash script has a line set -e….' },
  setu: { severity: 'error', isOriginal: true, summary: 'A bash script has a line set -…u….' },
  setpipefail: { severity: 'error', isOriginal: true, summary: 'A bash script sets pipefail.' },
  dibdebugtrace: { severity: 'error', isOriginal: true, summary: 'A bash script honours DIB_DEBUG_TRACE.' },
  environment: {
    severity: 'error',
    isOriginal: true,
    summary: 'Files of environment.d are not executable and do not switch tracing on.',
  },
  'export-assign': {
    severity: 'error',
    isOriginal: true,
    summary: 'No export VARIABLE=$(command): it hides that the command failed.',
  },
  safe_sudo: {
    severity: 'error',
    isOriginal: true,
    summary: 'sudo on the host is used only on the tree, or the line says dib-lint: safe_sudo.',
  },
  which: { severity: 'error', isOriginal: true, summary: 'type -p or command -v instead of which.' },
  tabindent: { severity: 'error', isOriginal: true, summary: 'No line is indented with tabs.' },
  newline: { severity: 'error', isOriginal: true, summary: 'A file ends with a newline.' },
  mddocs: { severity: 'error', isOriginal: true, summary: 'No Markdown files beside README.md.' },
  yaml: { severity: 'error', isOriginal: true, summary: 'YAML files can be parsed.' },
  'pkg-map-json': { severity: 'error', isOriginal: true, summary: 'pkg-map is JSON.' },

  // Files and names.
  'hook-name': { severity: 'error', summary: 'A file in a phase directory has a name that lets it run.' },
  'hook-mode': { severity: 'error', summary: 'A file in a phase directory has the run bit.' },
  'hook-interpreter': { severity: 'error', summary: 'A hook starts with #! and an interpreter.' },
  'hook-hidden': {
    severity: 'warning',
    summary: 'No hidden file lies in a directory of an element: it is not staged.',
  },
  'hook-nested': { severity: 'warning', summary: 'No hook lies in a subdirectory that nothing runs.' },
  'hook-duplicate': { severity: 'error', summary: 'No two elements of one build ship the same file in a directory.' },
  'directory-name': { severity: 'error', summary: 'No directory is named almost like a phase.' },
  'file-name': { severity: 'error', summary: 'No file name has blanks or control characters.' },
  'environment-name': { severity: 'error', summary: 'A file in environment.d has a name that lets it be sourced.' },
  'environment-digits': {
    severity: 'warning',
    summary: 'Numbers of environment.d files have two digits: they are ordered as text.',
  },
  'link-target': {
    severity: 'error',
    summary: 'A relative link leads to a file of the build, not out of the element.',
  },
  'same-file': { severity: 'warning', summary: 'No two elements of one build write the same file of the image.' },
  crlf: { severity: 'error', summary: 'No carriage returns in scripts and lists.' },
  'conflict-marker': { severity: 'error', summary: 'No marks of an unfinished merge.' },

  // Declarations.
  'deps-unknown': { severity: 'error', summary: 'element-deps names elements that exist.' },
  'deps-repeated': { severity: 'warning', summary: 'element-deps names an element once, and not its own.' },
  'deps-cycle': { severity: 'error', summary: 'Elements do not depend on each other in a circle.' },
  provides: { severity: 'error', summary: 'No element provides itself, or what another one of the build provides.' },
  'helper-missing': { severity: 'error', summary: 'The element that reads a list or directory is a dependency.' },
  'package-installs': { severity: 'error', summary: 'package-installs has known keys, phases and values.' },
  'package-list': { severity: 'warning', summary: 'A text list of packages is named after its element.' },
  'pkg-map': { severity: 'error', summary: 'pkg-map has known sections and values.' },
  'pkg-map-family': { severity: 'warning', summary: 'pkg-map names families and distributions that are known.' },
  'pkg-map-gap': { severity: 'warning', summary: 'A package is mapped for every family that the map supports.' },
  'pkg-map-name': { severity: 'warning', summary: 'A mapped package is called as the one that the element installs.' },
  'svc-map': { severity: 'error', summary: 'svc-map has known keys and values, and each service once in a build.' },
  'source-repository': { severity: 'error', summary: 'Records of source-repository files are well formed.' },
  'block-device': { severity: 'error', summary: 'Block-device files describe a disk.' },
  'yaml-key': { severity: 'warning', summary: 'No key stands twice in a map.' },
  json: { severity: 'error', summary: 'JSON files can be parsed.' },

  // Scripts.
  syntax: { severity: 'error', summary: 'Shell scripts can be parsed.' },
  'missing-dependency': {
    severity: 'error',
    summary: 'Commands and variables of other elements come from dependencies.',
  },
  'variable-unset': {
    severity: 'error',
    summary: 'Under set -u every variable is set by something, or has a default.',
  },
  'host-path': { severity: 'error', summary: 'Hooks inside the image do not use paths of the host.' },
  'host-command': { severity: 'error', summary: 'Hooks inside the image do not call what only the host has.' },
  'target-command': { severity: 'error', summary: 'Hooks on the host do not call what only the image has.' },
  'host-escape': { severity: 'error', summary: 'Hooks on the host write only below the tree and temporary places.' },
  'missing-file': { severity: 'error', summary: 'Paths relative to the hook, or to the staging directory, exist.' },
  network: { severity: 'warning', summary: 'Downloads go through the cache: source-repositories or cache-url.' },
  'pipeline-status': { severity: 'warning', summary: 'No pipeline hides that one of its members failed.' },
  'masked-status': { severity: 'warning', summary: 'No declaration hides that its command failed.' },
  'errexit-off': { severity: 'warning', summary: 'set +e is undone.' },
  'last-condition': { severity: 'error', summary: 'A hook does not end with CONDITION && COMMAND: it would fail.' },
  'cd-unchecked': { severity: 'warning', summary: 'A script that goes on after errors checks cd.' },
  'unquoted-danger': { severity: 'warning', summary: 'Commands that destroy get quoted expansions.' },
  'unquoted-test': { severity: 'warning', summary: 'Tests get quoted expansions.' },
  'remove-root': { severity: 'error', summary: 'No rm of a top directory, or below a variable that may be empty.' },
  'sudo-redirect': { severity: 'warning', summary: 'A redirection into the tree is not left outside sudo.' },
  'redirect-order': { severity: 'warning', summary: '2>&1 stands after the redirection that it shall follow.' },
  'assignment-blanks': { severity: 'error', summary: 'No blanks around the = of an assignment.' },
  'test-blanks': { severity: 'error', summary: '[ and ] stand alone.' },
  'near-command': { severity: 'error', summary: "No command is almost an element's program." },
  'environment-export': { severity: 'warning', summary: 'What environment.d sets is exported or used there.' },
  'environment-exit': { severity: 'error', summary: 'environment.d neither exits nor changes directory.' },
  'here-document': { severity: 'error', summary: 'Here-documents end.' },
} as const satisfies Readonly<Record<string, CheckRow>>;

export type CheckName = keyof typeof checkTable;

/** All names, in the order of the table. */
export const checkNames = Object.keys(checkTable) as readonly CheckName[];

/** Whether a word is the name of a check. */
export function isCheckName(word: string): word is CheckName {
  return Object.hasOwn(checkTable, word);
}
