import { BuildError } from '../base/build-error.js';

/**
 * Reads the value of an option that counts.
 *
 * @returns at least 1, or undefined where the option was not given
 * @throws BuildError `USAGE` for anything else
 */
export function readCount(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new BuildError({ code: 'USAGE', message: `${option} is "${text}"; it takes a whole number of at least 1` });
}
