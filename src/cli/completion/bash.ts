import type { OptionRow } from '../../request/build-option-table.js';
import { type CompletedCommand, listElementNames, nextWords } from './completed-commands.js';

/** A completion script for bash 4 and later. */
export function renderBashCompletion(commands: readonly CompletedCommand[]): string {
  const programs = [...new Set(commands.map(({ words }) => words[0] ?? ''))];
  return [
    '# Completion for bash, made by: dib completion bash',
    '',
    '_dib_complete() {',
    '    local current="${COMP_WORDS[COMP_CWORD]}" previous="" key="${COMP_WORDS[0]##*/}" index word',
    '    COMPREPLY=()',
    '    # bash splits words at = : put --option=value together again',
    '    if [ "$COMP_CWORD" -gt 0 ]; then previous="${COMP_WORDS[COMP_CWORD - 1]}"; fi',
    '    if [ "$current" = "=" ]; then current=""; ',
    '    elif [ "$previous" = "=" ] && [ "$COMP_CWORD" -gt 1 ]; then previous="${COMP_WORDS[COMP_CWORD - 2]}"; fi',
    '    for ((index = 1; index < COMP_CWORD; index++)); do',
    '        word="$key ${COMP_WORDS[index]}"',
    '        case "$word" in',
    `            ${prefixes(commands).map(quote).join('|')}) key="$word" ;;`,
    '            *) break ;;',
    '        esac',
    '    done',
    '    case "$key" in',
    ...groups(commands).flatMap((group) => [
      `        ${quote(group.join(' '))}) _dib_words "$current" ${nextWords(commands, group).join(' ')} ;;`,
    ]),
    ...commands.flatMap(renderCommand),
    '    esac',
    '}',
    '',
    '_dib_words() {',
    '    local current="$1" word',
    '    shift',
    '    for word in "$@"; do',
    '        if [[ "$word" == "$current"* ]]; then COMPREPLY+=("$word"); fi',
    '    done',
    '}',
    '',
    '_dib_list() {',
    '    local done="" last="$1" word',
    '    shift',
    '    if [[ "$last" == *,* ]]; then done="${last%,*},"; last="${last##*,}"; fi',
    '    for word in "$@"; do',
    '        if [[ "$word" == "$last"* ]]; then COMPREPLY+=("$done$word"); fi',
    '    done',
    '}',
    '',
    '_dib_elements() {',
    '    local word',
    `    while IFS= read -r word; do _dib_words "$1" "$word"; done < <(${listElementNames})`,
    '}',
    '',
    '_dib_files() {',
    '    local word',
    '    compopt -o filenames 2>/dev/null || true',
    '    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$1" -- "$2")',
    '}',
    '',
    `complete -F _dib_complete ${programs.join(' ')}`,
    '',
  ].join('\n');
}

/** Every beginning of two or more words that leads to a command. */
function prefixes(commands: readonly CompletedCommand[]): readonly string[] {
  const all = commands.flatMap(({ words }) => words.slice(1).map((_, index) => words.slice(0, index + 2).join(' ')));
  return [...new Set(all)];
}

/** Beginnings that are not commands themselves, and are followed by subcommands. */
function groups(commands: readonly CompletedCommand[]): readonly (readonly string[])[] {
  const beginnings = commands.flatMap(({ words }) => words.slice(1).map((_, index) => words.slice(0, index + 1)));
  return [...new Map(beginnings.map((beginning) => [beginning.join(' '), beginning])).values()];
}

function renderCommand({ words, options, operandKind }: CompletedCommand): readonly string[] {
  const valued = options.filter((option) => option.value !== undefined);
  const spellings = options.flatMap(spellingsOf);
  return [
    `        ${quote(words.join(' '))})`,
    ...(valued.length === 0
      ? []
      : [
          '            case "$previous" in',
          ...valued.map(
            (option) => `                ${spellingsOf(option).join('|')}) ${completeValue(option)}; return ;;`,
          ),
          '            esac',
        ]),
    '            case "$current" in',
    `                -*) _dib_words "$current" ${spellings.join(' ')} ;;`,
    `                *) ${completeOperand(operandKind)} ;;`,
    '            esac',
    '            ;;',
  ];
}

function spellingsOf({ short, long }: OptionRow): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...(long === undefined ? [] : [`--${long}`])];
}

function completeValue({ completion }: OptionRow): string {
  switch (completion?.kind) {
    case 'words':
      return `_dib_words "$current" ${completion.words.join(' ')}`;
    case 'list':
      return `_dib_list "$current" ${completion.words.join(' ')}`;
    case 'file':
      return '_dib_files -f "$current"';
    case 'directory':
      return '_dib_files -d "$current"';
    case 'element':
      return '_dib_elements "$current"';
    default:
      return ':';
  }
}

function completeOperand(operandKind: CompletedCommand['operandKind']): string {
  switch (operandKind.kind) {
    case 'words':
      return `_dib_words "$current" ${operandKind.words.join(' ')}`;
    case 'files':
      return '_dib_files -f "$current"';
    case 'directory':
      return '_dib_files -d "$current"';
    case 'elements':
      return '_dib_elements "$current"';
    default:
      return ':';
  }
}

function quote(text: string): string {
  return `"${text}"`;
}
