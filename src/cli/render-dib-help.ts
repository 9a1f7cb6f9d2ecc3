import type { CommandRow } from './command-row.js';
import { wrapText } from './render-help.js';

/** The help text of `dib` itself: its subcommands with a line each. */
export function renderDibHelp(rows: readonly CommandRow[], columns: number): string {
  const nameColumns = 20;
  const width = Math.max(40, Math.min(columns, 100)) - nameColumns;
  const lines = rows.flatMap((row) => {
    const [first = '', ...rest] = wrapText(row.summary, width);
    return [`  ${row.name.padEnd(nameColumns - 2)}${first}`, ...rest.map((line) => ' '.repeat(nameColumns) + line)];
  });
  return [
    'Usage: dib SUBCOMMAND [OPTION…] [ARGUMENT…]',
    '',
    'Builds disk images from elements.',
    '',
    'Subcommands:',
    ...lines,
    '',
    'dib help SUBCOMMAND shows the options of one; dib --version the version.',
    '',
  ].join('\n');
}
