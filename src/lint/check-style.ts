import type { LintFile, LogicalLine } from './lint-file.js';
import { isShell, logicalLinesOf } from './lint-file.js';
import type { Reporter } from './report.js';

/** The checks of text that dib-lint has always had, on one file. */
export function checkStyle(file: LintFile, report: Reporter): void {
  const { text } = file;
  if (text === undefined || file.kind === 'link') return;
  const isDocument = /\.(rst|md|yaml|py)$/.test(file.relativePath);
  if (!isDocument) {
    checkScript(file, text, report);
    checkLines(file, logicalLinesOf(text), report);
  }
  if (file.element === undefined || file.isExecutable || file.relativePath.endsWith('.rst'))
    checkWhitespace(file, text, report);
  if (file.element !== undefined && isExtraMarkdown(file.relativePath))
    report({ check: 'mddocs', file, message: 'documents are written in .rst, README.md aside' });
}

function checkScript(file: LintFile, text: string, report: Reporter): void {
  const firstLine = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  if (/source-repository-/.test(file.relativePath.split('/').at(-1) ?? '') && !text.endsWith('\n'))
    report({ check: 'source-newline', file, message: 'the last line has no newline', offset: text.length });
  if (file.role.kind === 'environment') {
    if (file.isExecutable) report({ check: 'environment', file, message: 'files of environment.d are not executable' });
    reportMatches({
      file,
      text,
      pattern: /\bset -x/g,
      check: 'environment',
      message: 'set -x in environment.d',
      report,
    });
  }
  if (!firstLine.startsWith('#!')) return;
  if (!file.isExecutable && file.role.kind !== 'environment')
    report({ check: 'executable', file, message: 'it starts with #! but is not executable', hint: 'chmod +x' });
  if (!/python/.test(firstLine)) checkIndent(file, text, report);
  if (/^#!.*bash/.test(firstLine) && firstLine !== '#!/bin/bash')
    report({ check: 'bash-path', file, message: `the first line is "${firstLine}"`, hint: 'write #!/bin/bash' });
  if (!firstLine.includes('#!/bin/bash')) return;
  if (!/^set -[^\s]*e/m.test(text)) report({ check: 'sete', file, message: 'no line set -e' });
  if (!/^set -[^\s]*u/m.test(text)) report({ check: 'setu', file, message: 'no line set -u' });
  if (!/^set .*-?o pipefail/m.test(text)) report({ check: 'setpipefail', file, message: 'no line set -o pipefail' });
  if (!text.includes('DIB_DEBUG_TRACE'))
    report({
      check: 'dibdebugtrace',
      file,
      message: 'DIB_DEBUG_TRACE is not honoured',
      hint: 'if [ "${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then set -x; fi',
    });
}

function checkIndent(file: LintFile, text: string, report: Reporter): void {
  text.split('\n').forEach((line, index) => {
    const blanks = /^ */.exec(line)?.[0].length ?? 0;
    if (blanks % 4 !== 0 && blanks < line.length)
      report({
        check: 'indent',
        file,
        message: `indented by ${blanks} blanks, not by a multiple of 4`,
        line: index + 1,
        column: blanks + 1,
      });
  });
}

/** In command position, as far as a file that is not parsed lets one see. */
const whichAsCommand = /(^|[;&|({`]\s*|\b(if|then|else|do|sudo)\s+|!\s+)which /;

function checkLines(file: LintFile, lines: readonly LogicalLine[], report: Reporter): void {
  for (const line of lines) {
    if (line.text.startsWith('#')) continue;
    const at = { file, line: line.firstLine };
    if (/export .*\$\(/.test(line.text))
      report({
        ...at,
        check: 'export-assign',
        message: 'export of a command substitution hides its failure',
        hint: 'assign first, then export',
      });
    if (!isShell(file) && whichAsCommand.test(line.text))
      report({ ...at, check: 'which', message: 'which is not everywhere', hint: 'use type -p or command -v' });
  }
}

function checkWhitespace(file: LintFile, text: string, report: Reporter): void {
  reportMatches({ file, text, pattern: /^ *\t/gm, check: 'tabindent', message: 'indented with a tab', report });
  if (text !== '' && !text.endsWith('\n'))
    report({ check: 'newline', file, message: 'the last line has no newline', offset: text.length });
}

function reportMatches(options: {
  readonly file: LintFile;
  readonly text: string;
  readonly pattern: RegExp;
  readonly check: 'environment' | 'tabindent';
  readonly message: string;
  readonly report: Reporter;
}): void {
  const { file, text, pattern, check, message, report } = options;
  for (const match of text.matchAll(pattern)) report({ check, file, message, offset: match.index });
}

/** An element's README may be Markdown, as `dib elements show` reads both. */
function isExtraMarkdown(relativePath: string): boolean {
  return relativePath.endsWith('.md') && !/^(test-elements\/[^/]+\/)?README\.md$/.test(relativePath);
}
