import { BuildError, throwFaults } from '../base/build-error.js';
import { type OptionUse, parseLongOptions } from '../request/getopt-long.js';
import { shapesOfOptions } from '../request/option-shapes.js';
import type { CommandRow } from './command-row.js';

/** A parsed call of a command whose options are plain. */
export interface CommandLine {
  readonly operands: readonly string[];
  has(option: string): boolean;
  /** The last value. */
  value(option: string): string | undefined;
  values(option: string): readonly string[];
}

/** How many operands a command takes. */
export interface OperandCount {
  readonly minimum: number;
  readonly maximum?: number;
}

/**
 * Parses the arguments of a command and checks the number of operands.
 *
 * @throws BuildError or BuildErrors `USAGE` with everything that is wrong
 */
export function parseCommandLine(options: {
  readonly row: CommandRow;
  readonly arguments: readonly string[];
  readonly count: OperandCount;
  readonly environment: Readonly<Record<string, string>>;
}): CommandLine {
  const { row, count } = options;
  const { uses, operands, faults } = parseLongOptions({
    shapes: shapesOfOptions(row.options),
    arguments: options.arguments,
    isPosixOrder: options.environment.POSIXLY_CORRECT !== undefined,
  });
  const wanted: BuildError[] = [];
  const isHelp = uses.some((use) => use.name === 'help');
  if (!isHelp && operands.length < count.minimum)
    wanted.push(new BuildError({ code: 'USAGE', message: `${row.name} needs ${row.operands}`, hint: 'see --help' }));
  if (!isHelp && count.maximum !== undefined && operands.length > count.maximum)
    wanted.push(
      new BuildError({
        code: 'USAGE',
        message: `${row.name} does not know what to do with "${operands.slice(count.maximum).join(' ')}"`,
        hint: 'see --help',
      }),
    );
  throwFaults([...faults, ...wanted]);
  const valuesOf = (option: string): OptionUse[] => uses.filter((use) => use.name === option);
  return {
    operands,
    has: (option) => valuesOf(option).length > 0,
    value: (option) => valuesOf(option).at(-1)?.value,
    values: (option) => valuesOf(option).map((use) => use.value ?? ''),
  };
}
