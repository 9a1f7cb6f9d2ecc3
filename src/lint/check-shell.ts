import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';
import type { CommandUse, ScriptFacts } from './script-facts.js';

/** Faults of a script that need no knowledge of other files. */
export function checkShell(file: LintFile, report: Reporter): void {
  const facts = factsOf(file);
  // What lacks its end is noticed at the end of the file; the last line with text is the place to look.
  const endOfText = (file.text ?? '').trimEnd().length;
  for (const { message, offset } of facts.errors)
    report({ check: 'syntax', file, offset: Math.min(offset, endOfText), message });
  for (const { delimiter, offset } of facts.unfinishedHereDocuments)
    report({
      check: 'here-document',
      file,
      offset,
      message: `no line is "${delimiter}", the end of this here-document`,
    });
  checkStatus(file, facts, report);
  for (const command of facts.commands) {
    checkSpelling(file, command, report);
    checkRedirections(file, command, report);
  }
  if (file.role.kind === 'environment') checkEnvironmentFile(file, facts, report);
}

/** Members after which a pipeline's status says nothing about what came before. */
const patientMembers = new Set(['echo', 'printf', 'true', 'yes', ':']);

function checkStatus(file: LintFile, facts: ScriptFacts, report: Reporter): void {
  const isStrict = facts.hasErrexit || file.role.kind === 'environment';
  const hasPipefail = facts.hasPipefail || file.role.kind === 'environment';
  if (!hasPipefail && isStrict)
    for (const { members, offset, isGuarded } of facts.pipelines) {
      const [first] = members;
      if (isGuarded || (first !== undefined && patientMembers.has(first))) continue;
      report({
        check: 'pipeline-status',
        file,
        offset,
        message: `that "${first ?? 'the first member'}" fails is hidden by "${members.at(-1) ?? 'the last member'}"`,
        hint: 'set -o pipefail',
      });
    }
  for (const { declarator, hasCommand, name, offset } of facts.assignments)
    if (declarator !== undefined && hasCommand && isStrict)
      report({
        check: 'masked-status',
        file,
        offset,
        message: `${declarator} ${name}=$(…) succeeds even when the command fails`,
        hint: `${declarator} first, then assign`,
      });
  checkErrexit(file, facts, report);
  const { lastCondition } = facts;
  const isRun = file.role.kind === 'hook';
  if (lastCondition !== undefined && isRun && facts.hasErrexit)
    report({
      check: 'last-condition',
      file,
      offset: lastCondition.offset,
      message: 'the script ends with a condition: when it does not hold, the hook fails',
      hint: 'use if … then … fi',
    });
  if (!isStrict && file.role.kind !== 'other')
    for (const command of facts.commands)
      if (/^(cd|pushd)$/.test(command.name ?? '') && !command.isGuarded && command.arguments.length > 0)
        report({
          check: 'cd-unchecked',
          file,
          offset: command.offset,
          message: 'when this fails, the rest runs in the wrong directory',
          hint: 'cd … || exit 1',
        });
}

function checkErrexit(file: LintFile, facts: ScriptFacts, report: Reporter): void {
  const sets = facts.commands.filter((command) => command.name === 'set' && !command.isInSubstitution);
  const offAt = (command: CommandUse): boolean => command.arguments.some((word) => /^\+\w*e/.test(word.text));
  const last = sets.filter((command) => command.arguments.some((word) => /^[-+]\w*e/.test(word.text))).at(-1);
  if (last !== undefined && offAt(last) && facts.hasErrexit)
    report({
      check: 'errexit-off',
      file,
      offset: last.offset,
      message: 'from here on failures are ignored, to the end of the script',
      hint: 'set -e again, or use || for the one command',
    });
}

function checkSpelling(file: LintFile, command: CommandUse, report: Reporter): void {
  const { name, nameWord, arguments: words, offset } = command;
  if (/^\[\[?[^[\]\s]/.test(nameWord?.text ?? ''))
    report({
      check: 'test-blanks',
      file,
      offset,
      message: `${nameWord?.text} runs as a command`,
      hint: 'a blank belongs after [',
    });
  if (name === undefined) return;
  if (name === 'which' && words.length > 0)
    report({ check: 'which', file, offset, message: 'which is not everywhere', hint: 'use type -p or command -v' });
  const first = words[0]?.text ?? '';
  if (/^[A-Za-z_]\w*$/.test(name) && (first === '=' || /^=[^=~]/.test(first)))
    report({
      check: 'assignment-blanks',
      file,
      offset,
      message: `"${name}" runs as a command`,
      hint: `write ${name}=…`,
    });
  if (name !== '[' && name !== 'test') return;
  if (name === '[' && words.at(-1)?.text !== ']')
    report({ check: 'test-blanks', file, offset, message: '[ has no ] of its own', hint: 'a blank belongs before ]' });
  const unquoted = words.find((word) => word.unquotedExpansions.some((text) => !/^\$[?#$!]$/.test(text)));
  if (unquoted !== undefined)
    report({
      check: 'unquoted-test',
      file,
      offset: unquoted.offset,
      message: `${unquoted.text} is not quoted: empty or with blanks it breaks the test`,
      hint: `"${unquoted.text}"`,
    });
}

function checkRedirections(file: LintFile, command: CommandUse, report: Reporter): void {
  const { redirections } = command;
  const early = redirections.findIndex(
    ({ operator, descriptor, target }) => operator === '>&' && descriptor === 2 && target?.literal === '1',
  );
  const later = redirections.findIndex(
    ({ operator, descriptor }, index) => index > early && /^>>?$/.test(operator) && (descriptor ?? 1) === 1,
  );
  const first = redirections[early];
  if (first !== undefined && later >= 0 && !command.isInSubstitution && !command.isPiped)
    report({
      check: 'redirect-order',
      file,
      offset: first.offset,
      message: 'standard error stays where it was: the redirection of standard output comes later',
      hint: 'write >FILE 2>&1',
    });
  const target = redirections.find(
    (redirection) =>
      />/.test(redirection.operator) &&
      /^(TARGET_ROOT|TMP_MOUNT_PATH)$/.test(redirection.target?.leadingVariable ?? ''),
  );
  if (command.isSudo && target !== undefined)
    report({
      check: 'sudo-redirect',
      file,
      offset: target.offset,
      message: 'the redirection is made before sudo, with the rights of the caller',
      hint: '… | sudo tee FILE >/dev/null',
    });
}

/** To fail on purpose is fine; to end everything with success is not. */
function isStray(command: CommandUse): boolean {
  if (command.isInSubstitution || command.functionName !== undefined) return false;
  if (command.name === 'exit') return /^0?$/.test(command.arguments[0]?.text ?? '');
  return /^(cd|pushd|exec)$/.test(command.name ?? '') && command.arguments.length > 0;
}

function checkEnvironmentFile(file: LintFile, facts: ScriptFacts, report: Reporter): void {
  for (const command of facts.commands)
    if (isStray(command))
      report({
        check: 'environment-exit',
        file,
        offset: command.offset,
        message: `${command.name} in environment.d acts on everything that is sourced and run after it`,
      });
  if (facts.setsUnknownNames) return;
  const used = new Set(facts.variables.map((variable) => variable.name));
  for (const { name, offset, declarator, isInFunction } of facts.assignments) {
    if (facts.exportedNames.has(name) || used.has(name) || declarator === 'local' || isInFunction) continue;
    if (/^(IFS|PATH|HOME)$/.test(name)) continue;
    report({
      check: 'environment-export',
      file,
      offset,
      message: `${name} is neither exported nor used here: no hook will see it`,
      hint: `export ${name}`,
    });
    return;
  }
}
