import { BuildError, type BuildErrorDetails } from '../base/build-error.js';
import { hintNearName } from '../base/near-name.js';
import { type BuildOptionName, buildOptionRows } from './build-option-table.js';
import type { InputVariableName } from './environment-variable-table.js';
import type { OptionUse } from './getopt-long.js';

/** A value that was given, and where, for messages. */
export interface Setting {
  readonly text: string;
  /** `--image-size`, `-a` or `DIB_IMAGE_SIZE`. */
  readonly origin: string;
  readonly isVariable: boolean;
}

/** What flags and variables say, and where faults are collected. */
export interface Settings {
  /** The last use of the flag, else the variable where it is set and not empty. */
  get(option: BuildOptionName | undefined, variable?: InputVariableName): Setting | undefined;
  /** How often a flag was given. */
  count(option: BuildOptionName): number;
  /** All values of a repeatable option. */
  all(option: BuildOptionName): readonly string[];
  /** The variable, undefined when unset; an empty text stays. */
  variable(name: InputVariableName): string | undefined;
  /** Notes a fault about a setting, with the code that fits its origin. */
  refuse(setting: Setting, expectation: string, hint?: string): void;
  add(fault: BuildErrorDetails): void;
  readonly faults: readonly BuildError[];
}

/** Opens the settings of one command line and environment. */
export function openSettings(uses: readonly OptionUse[], environment: Readonly<Record<string, string>>): Settings {
  const faults: BuildError[] = [];
  const valuesOf = (option: BuildOptionName): OptionUse[] => uses.filter((use) => use.name === option);
  const add = (fault: BuildErrorDetails): void => {
    faults.push(new BuildError(fault));
  };
  return {
    faults,
    add,
    count: (option) => valuesOf(option).length,
    all: (option) => valuesOf(option).map((use) => use.value ?? ''),
    variable: (name) => environment[name],
    get(option, variable) {
      const use = option === undefined ? undefined : valuesOf(option).at(-1);
      if (use !== undefined) return { text: use.value ?? '', origin: spellingOf(use.name), isVariable: false };
      const text = variable === undefined ? undefined : environment[variable];
      if (variable === undefined || text === undefined || text === '') return undefined;
      return { text, origin: variable, isVariable: true };
    },
    refuse(setting, expectation, hint) {
      add({
        code: setting.isVariable ? 'VARIABLE_INVALID' : 'USAGE',
        message: `${setting.origin} is "${setting.text}"; expected ${expectation}`,
        ...(hint === undefined ? {} : { hint }),
      });
    },
  };
}

/** A number of 0 or more with an optional fraction, or a fault. */
export function readNumber(settings: Settings, setting: Setting | undefined, unit: string): number | undefined {
  if (setting === undefined) return undefined;
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(setting.text) && Number(setting.text) > 0) return Number(setting.text);
  const plain = /^(\d+(?:\.\d+)?)\s*[A-Za-z]+$/.exec(setting.text)?.[1];
  settings.refuse(
    setting,
    `a number of ${unit} above 0`,
    plain === undefined ? undefined : `the unit is always ${unit}; write the number alone`,
  );
  return undefined;
}

/** A whole number of at least `minimum`, or a fault. `1.0`, as image YAML may say it, counts as whole. */
export function readInteger(
  settings: Settings,
  setting: Setting | undefined,
  expected: { readonly what: string; readonly minimum: number },
): number | undefined {
  if (setting === undefined) return undefined;
  const value = /^\d+(\.0+)?$/.test(setting.text) ? Number(setting.text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= expected.minimum) return value;
  settings.refuse(setting, `${expected.what}, a whole number of at least ${expected.minimum}`);
  return undefined;
}

/** One of the given words, or a fault with the near one. */
export function readChoice<Word extends string>(
  settings: Settings,
  setting: Setting | undefined,
  words: readonly Word[],
): Word | undefined {
  if (setting === undefined) return undefined;
  const found = words.find((word) => word === setting.text);
  if (found === undefined) settings.refuse(setting, `one of ${words.join(', ')}`, hintNearName(setting.text, words));
  return found;
}

function spellingOf(option: string): string {
  const row = buildOptionRows.find((candidate) => candidate.name === option);
  return row?.long === undefined ? `-${row?.short}` : `--${row.long}`;
}
