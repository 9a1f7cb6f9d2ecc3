import { factsOf, type LintFile } from './lint-file.js';
import type { Reporter } from './report.js';
import type { CommandUse, ScriptFacts, WordUse } from './script-facts.js';
import { writtenPaths } from './written-paths.js';

/** What can destroy: on the host outside the tree, or more than was meant. */
export function checkDanger(file: LintFile, report: Reporter): void {
  const facts = factsOf(file);
  const { role } = file;
  for (const command of facts.commands) {
    checkUnquoted(file, command, report);
    checkRemoval(file, command, report);
    if (role.kind === 'hook' && role.place === 'host' && !command.isInRoot) checkEscape(file, command, facts, report);
    if (role.kind === 'hook') checkNetwork(file, command, facts, report);
  }
}

const alwaysDangerous = /^(rm|dd|shred|wipefs|mkfs(\.\w+)?|umount|parted|sgdisk|sfdisk)$/;
const dangerousWhenRecursive = /^(cp|mv|chown|chmod|rsync|chgrp)$/;

function checkUnquoted(file: LintFile, command: CommandUse, report: Reporter): void {
  const name = command.name ?? '';
  const isRecursive = command.arguments.some((word) => /^-\w*[rRa]|^--(recursive|archive|delete)/.test(word.text));
  if (!alwaysDangerous.test(name) && !(dangerousWhenRecursive.test(name) && isRecursive)) return;
  const word = command.arguments.find((argument) => argument.unquotedExpansions.length > 0);
  if (word === undefined) return;
  report({
    check: 'unquoted-danger',
    file,
    offset: word.offset,
    message: `${word.text} is not quoted: with blanks in it ${name} acts on other paths`,
    hint: `"${word.text}"`,
  });
}

const topDirectories = /^\/(bin|boot|dev|etc|home|lib\d*|opt|proc|root|run|sbin|srv|sys|usr|var)?\/?\*?$/;

function checkRemoval(file: LintFile, command: CommandUse, report: Reporter): void {
  if (command.name !== 'rm' || !command.arguments.some((word) => /^-\w*[rR]|^--recursive/.test(word.text))) return;
  for (const word of operandsOf(command)) {
    if (
      word.literal !== undefined &&
      topDirectories.test(word.literal) &&
      !/^\/(home|root|srv|opt|run)\/\*$/.test(word.literal)
    )
      report({ check: 'remove-root', file, offset: word.offset, message: `rm -r of ${word.literal}` });
    else if (word.isLeadingMaybeEmpty && word.suffix.startsWith('/'))
      report({
        check: 'remove-root',
        file,
        offset: word.offset,
        message: `when ${word.leadingVariable} is empty, this removes ${word.suffix}`,
        hint: `\${${word.leadingVariable}:?}`,
      });
    else if (word.leadingVariable !== undefined && /^\/\*?$/.test(word.suffix) && !isPrefixSafe(word))
      report({
        check: 'remove-root',
        file,
        offset: word.offset,
        message: `when ${word.leadingVariable} is empty, this removes ${word.suffix}`,
        hint: `\${${word.leadingVariable}:?}`,
      });
  }
}

/** `${X:?}` refuses to be empty. */
function isPrefixSafe(word: WordUse): boolean {
  return /:\?/.test(word.text) || /[^"}\w*/$]/.test(word.text.replace(/\$\{?\w+\}?/, ''));
}

function operandsOf(command: CommandUse): readonly WordUse[] {
  return command.arguments.filter((word) => !word.text.startsWith('-'));
}

/** Places of the host that belong to a build, or to nobody. */
const harmless = /^\/(tmp|var\/tmp|dev\/(null|stdout|stderr|stdin|tty|fd\/.*)|proc\/self\/.*)(\/|$)/;

function checkEscape(file: LintFile, command: CommandUse, facts: ScriptFacts, report: Reporter): void {
  for (const word of writtenPaths(command)) {
    const path = pathOf(word, facts);
    if (path === undefined || !path.startsWith('/') || harmless.test(path)) continue;
    report({
      check: 'host-escape',
      file,
      offset: word.offset,
      message: `${command.name ?? 'the redirection'} writes to ${path} of the host`,
      hint:
        file.role.kind === 'hook' && /^(root|cleanup)$/.test(file.role.phase) ? '$TARGET_ROOT…' : '$TMP_MOUNT_PATH…',
    });
  }
  if (/^(apt-get|apt|yum|dnf|zypper|apk|emerge)$/.test(command.name ?? '') && !hasRootOption(command)) {
    const verb = operandsOf(command)[0]?.literal ?? '';
    if (/^(install|remove|purge|upgrade|dist-upgrade|update|erase|in)$/.test(verb))
      report({
        check: 'host-escape',
        file,
        offset: command.offset,
        message: `${command.name} ${verb} changes the host`,
        hint: 'install packages inside the image, or say in the README that the host needs them',
      });
  }
}

function hasRootOption(command: CommandUse): boolean {
  return command.arguments.some((word) => /^(--installroot|--root|-R|-o|-c|--option)/.test(word.text));
}

/** The path as far as it is known: a variable that the script sets once to a literal path counts as that path. */
function pathOf(word: WordUse, facts: ScriptFacts): string | undefined {
  if (word.prefix !== '') return word.prefix;
  const name = word.leadingVariable;
  if (name === undefined) return undefined;
  const assigned = facts.assignments.filter((assignment) => assignment.name === name);
  const [only] = assigned;
  if (assigned.length !== 1 || only?.value?.literal === undefined) return undefined;
  return only.value.literal.startsWith('/') ? only.value.literal + word.suffix : undefined;
}

function checkNetwork(file: LintFile, command: CommandUse, facts: ScriptFacts, report: Reporter): void {
  const name = command.name ?? '';
  if (/^(cache-url|source-repositories)$/.test(file.element ?? '')) return;
  // Whoever honours DIB_OFFLINE has thought of it.
  if (file.text?.includes('DIB_OFFLINE') === true) return;
  const operands = operandsOf(command);
  const verb = operands[0]?.literal ?? '';
  const isFetch =
    (/^(curl|wget|aria2c|lftp|ftp)$/.test(name) && operands.some((word) => isRemote(word, facts))) ||
    (name === 'git' && /^(clone|fetch|pull)$/.test(verb)) ||
    (name === 'svn' && /^(checkout|co|export)$/.test(verb)) ||
    (/^(scp|rsync)$/.test(name) && operands.some((word) => /^[\w.@-]+:/.test(word.prefix)));
  if (isFetch)
    report({
      check: 'network',
      file,
      offset: command.offset,
      message: `${name} downloads in every build, also with --offline`,
      hint:
        name === 'git'
          ? 'declare it in a source-repository file'
          : 'use cache-url, or a source-repository file of type file or tar',
    });
}

function isRemote(word: WordUse, facts: ScriptFacts): boolean {
  if (/^(https?|ftps?):\/\/(localhost|127\.|169\.254\.)/.test(word.prefix) || word.prefix.startsWith('file:'))
    return false;
  if (/:\/\//.test(word.text)) return true;
  return (
    facts.assignments.some(
      (assignment) => assignment.name === word.leadingVariable && /:\/\//.test(assignment.value?.text ?? ''),
    ) || /URL|MIRROR/i.test(word.leadingVariable ?? '')
  );
}
