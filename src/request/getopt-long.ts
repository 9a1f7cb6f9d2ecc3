import { BuildError } from '../base/build-error.js';
import { nearName } from '../base/near-name.js';

/** What the parser must know of one option. */
export interface OptionShape {
  /** How the option is called in the result. */
  readonly name: string;
  /** One character. */
  readonly short?: string;
  /** Without the dashes. */
  readonly long?: string;
  readonly takesValue: boolean;
  /** Meant by an abbreviation only where no other option is: keeps abbreviations that older versions understood. */
  readonly yieldsAbbreviation?: boolean;
}

/** One use of an option, in command-line order. */
export interface OptionUse {
  readonly name: string;
  /** Present exactly when the option takes a value. */
  readonly value?: string;
}

/** What a command line says. */
export interface ParsedArguments {
  readonly uses: readonly OptionUse[];
  readonly operands: readonly string[];
  /** All wrong options together, code `USAGE`; the caller decides what else to report beside them. */
  readonly faults: readonly BuildError[];
}

/**
 * Parses a command line as GNU `getopt_long` does: options and operands in any order, long options abbreviated to any
 * unambiguous beginning, `--opt value` and `--opt=value`, `-o value`, `-ovalue`, bundled and repeated short flags,
 * `--` ends the options. Goes on after a fault, so that all are reported.
 *
 * @param isPosixOrder `POSIXLY_CORRECT` is set: the first operand ends the options
 * @see getopt_long(3); the messages are those of getopt(1)
 */
export function parseLongOptions(options: {
  readonly shapes: readonly OptionShape[];
  readonly arguments: readonly string[];
  readonly isPosixOrder: boolean;
}): ParsedArguments {
  const uses: OptionUse[] = [];
  const operands: string[] = [];
  const faults: BuildError[] = [];
  const remaining = [...options.arguments];
  const takeValue = (): string | undefined => remaining.shift();
  const collector: Collector = { uses, faults, takeValue, shapes: options.shapes };

  for (let argument = remaining.shift(); argument !== undefined; argument = remaining.shift()) {
    if (argument === '--') {
      operands.push(...remaining);
      break;
    }
    if (argument.startsWith('--')) readLongOption(argument.slice(2), collector);
    else if (argument.startsWith('-') && argument.length > 1) readShortOptions(argument.slice(1), collector);
    else if (options.isPosixOrder) {
      operands.push(argument, ...remaining);
      break;
    } else operands.push(argument);
  }
  return { uses, operands, faults };
}

interface Collector {
  readonly shapes: readonly OptionShape[];
  readonly uses: OptionUse[];
  readonly faults: BuildError[];
  readonly takeValue: () => string | undefined;
}

function readLongOption(text: string, collector: Collector): void {
  const equals = text.indexOf('=');
  const given = equals < 0 ? text : text.slice(0, equals);
  const attached = equals < 0 ? undefined : text.slice(equals + 1);
  const shape = findLongOption(given, collector);
  if (shape === undefined) return;
  if (!shape.takesValue) {
    if (attached !== undefined) collector.faults.push(usageFault(`option '--${shape.long}' doesn't allow an argument`));
    else collector.uses.push({ name: shape.name });
    return;
  }
  const value = attached ?? collector.takeValue();
  if (value === undefined) collector.faults.push(usageFault(`option '--${shape.long}' requires an argument`));
  else collector.uses.push({ name: shape.name, value });
}

function findLongOption(given: string, { shapes, faults }: Collector): OptionShape | undefined {
  const named = shapes.filter((shape) => shape.long !== undefined);
  const exact = named.find((shape) => shape.long === given);
  if (exact !== undefined) return exact;
  const beginnings = named.filter((shape) => shape.long?.startsWith(given));
  const preferred = beginnings.filter((shape) => shape.yieldsAbbreviation !== true);
  const continued = preferred.length > 0 ? preferred : beginnings;
  if (continued.length === 1) return continued[0];
  if (continued.length > 1) {
    const possibilities = continued.map((shape) => `'--${shape.long}'`).join(' ');
    faults.push(usageFault(`option '--${given}' is ambiguous; possibilities: ${possibilities}`));
    return undefined;
  }
  const near = nearName(
    given,
    named.map((shape) => shape.long ?? ''),
  );
  faults.push(
    usageFault(`unrecognized option '--${given}'`, near === undefined ? undefined : `did you mean --${near}?`),
  );
  return undefined;
}

function readShortOptions(text: string, { shapes, uses, faults, takeValue }: Collector): void {
  const flags = [...text];
  for (const [index, flag] of flags.entries()) {
    const shape = shapes.find((candidate) => candidate.short === flag);
    if (shape === undefined) {
      faults.push(usageFault(`invalid option -- '${flag}'`, hintSingleDash(text, shapes)));
      continue;
    }
    if (!shape.takesValue) {
      uses.push({ name: shape.name });
      continue;
    }
    const attached = flags.slice(index + 1).join('');
    const value = attached === '' ? takeValue() : attached;
    if (value === undefined) faults.push(usageFault(`option requires an argument -- '${flag}'`));
    else uses.push({ name: shape.name, value });
    return;
  }
}

/** `-offline` was meant as `--offline`. */
function hintSingleDash(text: string, shapes: readonly OptionShape[]): string | undefined {
  const name = text.replace(/=.*/s, '');
  const meant = shapes.find((shape) => name.length > 1 && shape.long === name);
  return meant === undefined ? undefined : `did you mean --${meant.long}?`;
}

function usageFault(message: string, hint?: string): BuildError {
  return new BuildError({ code: 'USAGE', message, ...(hint === undefined ? {} : { hint }) });
}
