import type { OptionRow } from './build-option-table.js';
import type { OptionShape } from './getopt-long.js';

/** What the parser must know of the rows of an option table. */
export function shapesOfOptions(rows: readonly OptionRow[]): OptionShape[] {
  return rows.map(({ name, short, long, value, isAddition }) => ({
    name,
    ...(short === undefined ? {} : { short }),
    ...(long === undefined ? {} : { long }),
    takesValue: value !== undefined,
    ...(isAddition === true ? { yieldsAbbreviation: true } : {}),
  }));
}
