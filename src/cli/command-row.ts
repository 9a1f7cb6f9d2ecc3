import type { OptionRow } from '../request/build-option-table.js';
import type { World } from './world.js';

/** What the words after the options are, for help and completion. */
export type OperandKind =
  | { readonly kind: 'elements' | 'files' | 'directory' | 'none' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

/** A program, or a subcommand of `dib`. */
export interface CommandRow {
  /** For subcommands the words after `dib`: `elements list`. */
  readonly name: string;
  readonly summary: string;
  /** As shown in the usage line, after the options. */
  readonly operands: string;
  readonly operandKind: OperandKind;
  readonly options: readonly OptionRow[];
  /** Paragraphs shown after the options. */
  readonly notes?: readonly string[];
  /** Exit status of a wrong command line. */
  readonly usageStatus: 1 | 2;
}

/** One call of a command. */
export interface Invocation {
  /** The program's own name: `dib`, `disk-image-create`, … */
  readonly programName: string;
  readonly row: CommandRow;
  /** What follows the program's name and the subcommand. */
  readonly arguments: readonly string[];
  readonly world: World;
}

/** What each file of `commands/` exports. @returns the exit status */
export type CommandBody = (invocation: Invocation) => Promise<number>;
