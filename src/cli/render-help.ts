import type { OptionRow } from '../request/build-option-table.js';
import type { CommandRow } from './command-row.js';

/** How a help text is laid out. */
export interface HelpOptions {
  /** The words that start the command: `dib elements list`. */
  readonly command: string;
  readonly row: CommandRow;
  /** Leaves out options that make no sense for ramdisks. */
  readonly isRamdisk?: boolean;
  /** Columns to wrap at. */
  readonly columns: number;
}

/** The help text of one command, ending with a newline. */
export function renderHelp({ command, row, isRamdisk, columns }: HelpOptions): string {
  const width = Math.max(40, Math.min(columns, 100));
  const options = row.options.filter((option) => isRamdisk !== true || option.isHiddenForRamdisk !== true);
  const usage = ['Usage:', command, ...(options.length > 0 ? ['[OPTION…]'] : []), row.operands].join(' ').trimEnd();
  const blocks = [
    usage,
    wrapText(row.summary, width).join('\n'),
    ...(options.length > 0 ? [['Options:', ...options.map((option) => renderOption(option, width))].join('\n')] : []),
    ...(row.notes ?? []).map((note) => wrapText(note, width).join('\n')),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** How an option is written with its value: `-o NAME`, `--cache MODE`, `-h, --help`. */
export function spellOption({ short, long, value }: OptionRow): string {
  const spellings = [...(short === undefined ? [] : [`-${short}`]), ...(long === undefined ? [] : [`--${long}`])];
  return spellings.join(', ') + (value === undefined ? '' : ` ${value}`);
}

/** Breaks a text at blanks into lines of at most `width` characters, longer words aside. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const helpColumn = 28;

function renderOption(option: OptionRow, width: number): string {
  const indent = option.short === undefined ? '      ' : '  ';
  const spelling = indent + spellOption(option);
  const indented = wrapText(option.help, width - helpColumn).map((line) => ' '.repeat(helpColumn) + line);
  if (spelling.length + 2 > helpColumn) return [spelling, ...indented].join('\n');
  const [first = '', ...rest] = indented;
  return [spelling.padEnd(helpColumn) + first.trimStart(), ...rest].join('\n');
}
