import type { OptionRow } from '../../request/build-option-table.js';
import { type CompletedCommand, listElementNames, nextWords } from './completed-commands.js';

/** A completion script for fish 3 and later. */
export function renderFishCompletion(commands: readonly CompletedCommand[]): string {
  const programs = [...new Set(commands.map(({ words }) => words[0] ?? ''))];
  const groups = new Map(
    commands
      .flatMap(({ words }) => words.slice(1).map((_, index) => words.slice(0, index + 1)))
      .map((words) => [words.join(' '), words]),
  );
  return [
    '# Completion for fish, made by: dib completion fish',
    '',
    'function __dib_elements',
    `    ${listElementNames}`,
    'end',
    '',
    '# True when the words typed so far begin with the given ones.',
    'function __dib_begins',
    '    set -l typed (commandline -opc)',
    '    set -e typed[1]',
    '    set -l length (count $argv)',
    '    test (count $typed) -ge $length; or return 1',
    '    test "$typed[1..$length]" = "$argv"',
    'end',
    '',
    '# True when the words typed so far are exactly the given ones.',
    'function __dib_is',
    '    set -l typed (commandline -opc)',
    '    set -e typed[1]',
    '    test "$typed" = "$argv"',
    'end',
    '',
    ...programs.map((program) => `complete -c ${program} -f`),
    ...[...groups.values()].map(
      (words) =>
        `complete -c ${words[0]} -n ${quote(`__dib_is ${words.slice(1).join(' ')}`.trim())} -a ${quote(nextWords(commands, words).join(' '))}`,
    ),
    ...commands.flatMap(renderCommand),
    '',
  ].join('\n');
}

function renderCommand({ words, options, operandKind }: CompletedCommand): readonly string[] {
  const [program = '', ...rest] = words;
  const condition = rest.length === 0 ? '' : ` -n ${quote(`__dib_begins ${rest.join(' ')}`)}`;
  const start = `complete -c ${program}${condition}`;
  const operand = completeOperand(operandKind);
  return [
    ...options.map((option) => `${start}${spellings(option)}${completeValue(option)} -d ${quote(option.help)}`),
    ...(operand === '' ? [] : [`${start} ${operand}`]),
  ];
}

function spellings({ short, long }: OptionRow): string {
  return (short === undefined ? '' : ` -s ${short}`) + (long === undefined ? '' : ` -l ${long}`);
}

function completeValue({ value, completion }: OptionRow): string {
  if (value === undefined) return '';
  switch (completion?.kind) {
    case 'words':
      return ` -x -a ${quote(completion.words.join(' '))}`;
    case 'list':
      return ` -x -a ${quote(`(__fish_append , ${completion.words.join(' ')})`)}`;
    case 'file':
      return ' -r -F';
    case 'directory':
      return ` -x -a ${quote('(__fish_complete_directories)')}`;
    case 'element':
      return ` -x -a ${quote('(__dib_elements)')}`;
    default:
      return ' -x';
  }
}

function completeOperand(operandKind: CompletedCommand['operandKind']): string {
  switch (operandKind.kind) {
    case 'words':
      return `-a ${quote(operandKind.words.join(' '))}`;
    case 'files':
      return '-F';
    case 'directory':
      return `-a ${quote('(__fish_complete_directories)')}`;
    case 'elements':
      return `-a ${quote('(__dib_elements)')}`;
    default:
      return '';
  }
}

/** Single quotes; inside them fish knows only `\\` and `\'` as escapes. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
