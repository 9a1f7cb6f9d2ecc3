import type { OptionRow } from '../../request/build-option-table.js';
import type { OperandKind } from '../command-row.js';
import { programTable, subcommandTable } from '../program-table.js';

/** One command as completion scripts see it. */
export interface CompletedCommand {
  /** Words that start it: `['dib', 'elements', 'list']`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly options: readonly OptionRow[];
  readonly operandKind: OperandKind;
}

/** Every command that is completed: the subcommands of `dib` first, then the other programs. */
export function completedCommands(): readonly CompletedCommand[] {
  return [
    ...subcommandTable.map((row) => ({ ...row, words: ['dib', ...row.name.split(' ')] })),
    ...programTable.map((row) => ({ ...row, words: [row.name] })),
  ].map(({ words, summary, options, operandKind }) => ({ words, summary, options, operandKind }));
}

/** The words that may follow the given ones, without repeats: `dib` → `build`, `plan`, `elements`, … */
export function nextWords(commands: readonly CompletedCommand[], before: readonly string[]): readonly string[] {
  const following = commands
    .filter(({ words }) => words.length > before.length && before.every((word, index) => words[index] === word))
    .map(({ words }) => words[before.length] ?? '');
  return [...new Set(following)];
}

/** The shell command that lists element names, one a line. */
export const listElementNames = "dib elements list 2>/dev/null | cut -d' ' -f1";
