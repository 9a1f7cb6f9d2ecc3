import { compileHookNamePattern, defaultHookNamePattern } from '../elements/hook-name-pattern.js';
import { hookDirectories, meantPhaseDirectory } from '../elements/mistaken-phases.js';
import { isInstallType, type LintFile } from './lint-file.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

const hookName = compileHookNamePattern(defaultHookNamePattern);

/** Names, modes and links of an element's files: what will never run, be sourced or be staged. */
export function checkElementFiles(element: LintElement, report: Reporter): void {
  const readme = element.files.find((file) => /^README\.(rst|md)$/.test(file.relativePath));
  const [anyFile] = element.files;
  if (readme === undefined && anyFile !== undefined)
    report({
      check: 'readme',
      file: { ...anyFile, path: anyFile.path.slice(0, -anyFile.relativePath.length - 1), disabledChecks: new Set() },
      message: `element "${element.name}" has no README.rst or README.md`,
    });
  checkDirectoryNames(element, report);
  for (const file of element.files) {
    if (/^tests\//.test(file.relativePath)) continue;
    checkFileName(file, report);
    if (file.role.kind === 'hook') checkHook(file, element, report);
    if (file.role.kind === 'environment') checkEnvironmentName(file, report);
    checkNesting(file, element, report);
    checkText(file, report);
  }
}

function checkDirectoryNames(element: LintElement, report: Reporter): void {
  for (const directory of element.directories) {
    if (directory.includes('/')) continue;
    const meant = meantPhaseDirectory(directory);
    const first = element.files.find((file) => file.relativePath.startsWith(`${directory}/`));
    if (meant === undefined || first === undefined) continue;
    report({
      check: 'directory-name',
      file: first,
      message: `"${directory}" is no phase: nothing in it runs`,
      hint: `did you mean "${meant}"?`,
    });
  }
}

function checkFileName(file: LintFile, report: Reporter): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\s\u0000-\u001f\u007f]/.test(file.relativePath))
    report({ check: 'file-name', file, message: 'a file name with blanks cannot be staged everywhere' });
  const [, second = ''] = file.relativePath.split('/');
  if (second.startsWith('.') && second !== '.gitignore' && second !== '.gitkeep')
    report({ check: 'hook-hidden', file, message: 'hidden files of a directory are not staged' });
}

function checkHook(file: LintFile, element: LintElement, report: Reporter): void {
  const name = file.relativePath.split('/').at(-1) ?? '';
  if (name.startsWith('.')) return;
  if (!hookName.test(name)) {
    const near = name.replace(/\.[^.]*$/, '').replaceAll(/[^0-9A-Za-z_-]/g, '-');
    report({
      check: 'hook-name',
      file,
      message: `"${name}" never runs: a hook's name has letters, digits, _ and - only`,
      hint: `rename it to "${near}"`,
    });
    return;
  }
  if (file.kind === 'link') {
    checkHookLink(file, element, report);
    return;
  }
  if (!file.isExecutable && !file.text?.startsWith('#!'))
    report({ check: 'hook-mode', file, message: 'it never runs: it is not executable', hint: 'chmod +x' });
  if (file.isExecutable && file.text !== undefined && !/^#! *\/\S+/.test(file.text))
    report({
      check: 'hook-interpreter',
      file,
      message: 'no interpreter: the first line is not #! and a path',
      hint: 'begin with #!/bin/bash',
    });
}

function checkHookLink(file: LintFile, element: LintElement, report: Reporter): void {
  if (file.isExecutable || file.linkTarget === undefined || file.linkTarget.startsWith('/')) return;
  const behind = element.files.some((other) => file.absolutePath !== other.absolutePath && other.isExecutable);
  if (behind && file.role.kind === 'hook')
    report({ check: 'hook-mode', file, message: `it never runs: ${file.linkTarget} is not there or not executable` });
}

function checkEnvironmentName(file: LintFile, report: Reporter): void {
  const name = file.relativePath.slice('environment.d/'.length);
  if (name.startsWith('.')) return;
  if (!/^[0-9A-Za-z_.-]+$/.test(name))
    report({
      check: 'environment-name',
      file,
      message: `"${name}" is never sourced`,
      hint: 'use letters, digits, _.-',
    });
  const digits = /^\d*/.exec(name)?.[0] ?? '';
  if (digits !== '' && digits.length !== 2)
    report({
      check: 'environment-digits',
      file,
      message: `files are sourced in the order of their names as text: ${digits}- is not where the number says`,
      hint: 'use two digits',
    });
}

function checkNesting(file: LintFile, element: LintElement, report: Reporter): void {
  const [top = '', second = '', ...rest] = file.relativePath.split('/');
  if (rest.length === 0 || !hookDirectories.includes(top) || !file.isExecutable) return;
  if (top === 'install.d' && isInstallType(second) && rest.length === 1) return;
  // Hooks may keep their data beside them: what is not named like a hook, or what another file names.
  const isNamed = element.files.some((other) => other !== file && other.text?.includes(`/${second}`) === true);
  if (!/^\d+-/.test(rest.at(-1) ?? '') || isNamed) return;
  report({
    check: 'hook-nested',
    file,
    message: `it never runs: it is not directly in ${top}`,
    ...(top === 'install.d' ? { hint: `only ${top}/<name>-<type>-install/ is looked into` } : {}),
  });
}

function checkText(file: LintFile, report: Reporter): void {
  const { text } = file;
  if (text === undefined || file.role.kind === 'static') return;
  const at = text.indexOf('\r\n');
  const isList = file.role.kind === 'declaration' && !/^README|\.(md|rst)$/.test(file.relativePath);
  if (at >= 0 && (text.startsWith('#!') || file.role.kind === 'environment' || isList))
    report({ check: 'crlf', file, message: 'lines end with a carriage return', offset: at });
  const marker = /^(<{7}|>{7}) /m.exec(text);
  if (marker !== null)
    report({ check: 'conflict-marker', file, message: 'a merge was not finished here', offset: marker.index });
}
