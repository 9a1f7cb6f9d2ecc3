import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';
import type { CommandUse, ScriptFacts, WordUse } from './script-facts.js';
import { writtenPaths } from './written-paths.js';

/** Names that make a line safe wherever they stand on it. */
const safeText = /install-packages|TARGET_ROOT|IMAGE_BLOCK_DEVICE|TMP_MOUNT_PATH|TMP_IMAGE_PATH/;
const treeVariables = [
  'TARGET_ROOT',
  'TMP_MOUNT_PATH',
  'IMAGE_BLOCK_DEVICE',
  'TMP_IMAGE_PATH',
  'TMP_BUILD_DIR',
  'TMP_IMAGE_DIR',
];
/** Programs that change nothing by themselves. */
const readers = /^(cat|cmp|diff|du|file|grep|head|ls|readlink|realpath|sha256sum|stat|tail|test|true|wc|\[)$/;

/**
 * sudo in hooks on the host, and in every finalise.d: allowed when the line names the tree, as ever, or when all that
 * the command writes is named by variables that the script makes from the tree's.
 */
export function checkSudo(file: LintFile, report: Reporter): void {
  const { text } = file;
  if (text === undefined || !/(^|\/)[^/]*(root|extra-data|block-device|finalise|cleanup)\.d\//.test(file.relativePath))
    return;
  const facts = factsOf(file);
  const lines = text.split('\n');
  let treeNames: ReadonlySet<string> | undefined;
  for (const command of facts.commands) {
    if (!command.isSudo) continue;
    if (safeText.test(logicalLineAt(lines, text, command.offset))) continue;
    treeNames ??= treeNamesOf(facts, text);
    if (isConfined(command, treeNames)) continue;
    report({
      check: 'safe_sudo',
      file,
      offset: command.offset,
      message: 'sudo with no path of the tree on the line',
      hint: 'if it cannot harm the host, add the comment "# dib-lint: safe_sudo"',
    });
  }
}

function isConfined(command: CommandUse, treeNames: ReadonlySet<string>): boolean {
  if (readers.test(command.name ?? '')) return true;
  const isFind = command.name === 'find';
  const written = isFind
    ? command.arguments.filter((word) => !word.text.startsWith('-')).slice(0, 1)
    : writtenPaths({ ...command, redirections: [] });
  return written.length > 0 && written.every((word) => isOfTree(word, treeNames));
}

function isOfTree(word: WordUse, treeNames: ReadonlySet<string>): boolean {
  return word.leadingVariable !== undefined && treeNames.has(word.leadingVariable);
}

/** Variables whose values the script makes from the tree's, however many steps away; parameters of functions count. */
function treeNamesOf(facts: ScriptFacts, text: string): ReadonlySet<string> {
  const names = new Set(treeVariables);
  if (facts.functionNames.size > 0 && treeVariables.some((name) => text.includes(name)))
    for (const parameter of ['1', '2', '3', '4', '5', '6', '@', '*']) names.add(parameter);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const assignment of facts.assignments) {
      const used = [...assignment.text.matchAll(/\$\{?([A-Za-z_]\w*|[\d@*])/g)].map((match) => match[1] ?? '');
      if (used.some((name) => names.has(name))) names.add(assignment.name);
    }
  }
  return names;
}

/** The lines around an offset that are joined by backslashes. */
function logicalLineAt(lines: readonly string[], text: string, offset: number): string {
  const at = text.slice(0, offset).split('\n').length - 1;
  let first = at;
  while (first > 0 && lines[first - 1]?.endsWith('\\') === true) first -= 1;
  let last = at;
  while (last < lines.length - 1 && lines[last]?.endsWith('\\') === true) last += 1;
  return lines.slice(first, last + 1).join(' ');
}
