import type { OptionRow } from '../../request/build-option-table.js';
import { type CompletedCommand, listElementNames, nextWords } from './completed-commands.js';

/** A completion script for zsh 5, to be sourced after `compinit`, or put on `fpath` as `_dib`. */
export function renderZshCompletion(commands: readonly CompletedCommand[]): string {
  const programs = [...new Set(commands.map(({ words }) => words[0] ?? ''))];
  return [
    `#compdef ${programs.join(' ')}`,
    '# Completion for zsh, made by: dib completion zsh',
    '',
    '_dib_elements() {',
    '    local -a names',
    `    names=(\${(f)"$(${listElementNames})"})`,
    '    compadd -a names',
    '}',
    '',
    '_dib_complete() {',
    '    local key="${words[1]:t}" word',
    '    # Subcommands are taken away, so that _arguments sees the options of the command alone.',
    '    while (( CURRENT > 2 )); do',
    '        word="$key ${words[2]}"',
    '        case "$word" in',
    `            (${prefixes(commands).map(escapeBlanks).join('|')}) key="$word"; shift words; (( CURRENT-- )) ;;`,
    '            (*) break ;;',
    '        esac',
    '    done',
    '    case "$key" in',
    ...groups(commands).map(
      (group) => `        (${escapeBlanks(group.join(' '))}) compadd -- ${nextWords(commands, group).join(' ')} ;;`,
    ),
    ...commands.flatMap(renderCommand),
    '    esac',
    '}',
    '',
    `compdef _dib_complete ${programs.join(' ')}`,
    '',
  ].join('\n');
}

function prefixes(commands: readonly CompletedCommand[]): readonly string[] {
  const all = commands.flatMap(({ words }) => words.slice(1).map((_, index) => words.slice(0, index + 2).join(' ')));
  return [...new Set(all)];
}

function groups(commands: readonly CompletedCommand[]): readonly (readonly string[])[] {
  const beginnings = commands.flatMap(({ words }) => words.slice(1).map((_, index) => words.slice(0, index + 1)));
  return [...new Map(beginnings.map((beginning) => [beginning.join(' '), beginning])).values()];
}

function renderCommand({ words, options, operandKind }: CompletedCommand): readonly string[] {
  const specifications = [...options.flatMap(specify), operandSpecification(operandKind)].filter((text) => text !== '');
  return [
    `        (${escapeBlanks(words.join(' '))})`,
    `            _arguments -s -S \\`,
    ...specifications.map((text, index) => `                ${text}${index + 1 < specifications.length ? ' \\' : ''}`),
    '            ;;',
  ];
}

/** One specification for each spelling of the option. */
function specify({ short, long, value, help, completion }: OptionRow): readonly string[] {
  const described = `[${help.replace(/[[\]\\:]/g, '\\$&')}]`;
  const message = value === undefined ? '' : `:${value.replace(/[[\]\\:…,]/g, '')}:${valueAction(completion)}`;
  return [
    ...(short === undefined ? [] : [quote(`*-${short}${value === undefined ? '' : '+'}${described}${message}`)]),
    ...(long === undefined ? [] : [quote(`*--${long}${value === undefined ? '' : '='}${described}${message}`)]),
  ];
}

function valueAction(completion: OptionRow['completion']): string {
  switch (completion?.kind) {
    case 'words':
      return `(${completion.words.join(' ')})`;
    case 'list':
      return `_sequence compadd - ${completion.words.join(' ')}`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'element':
      return '_dib_elements';
    default:
      return ' ';
  }
}

function operandSpecification(operandKind: CompletedCommand['operandKind']): string {
  switch (operandKind.kind) {
    case 'words':
      return quote(`*:word:(${operandKind.words.join(' ')})`);
    case 'files':
      return quote('*:file:_files');
    case 'directory':
      return quote('*:directory:_files -/');
    case 'elements':
      return quote('*:element:_dib_elements');
    default:
      return '';
  }
}

function escapeBlanks(text: string): string {
  return text.replace(/ /g, '\\ ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
