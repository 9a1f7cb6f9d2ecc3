import { compareBytes } from './byte-order.js';

/**
 * The order in which hooks of a phase run: by the leading number as `LC_ALL=C sort -n` reads it, then by bytes.
 *
 * A name without a number counts as 0, `-5-x` as minus five; numbers may be of any length and may have a fraction.
 */
export function compareHookNames(one: string, other: string): number {
  return compareNumbers(leadingNumber(one), leadingNumber(other)) || compareBytes(one, other);
}

interface LeadingNumber {
  readonly isNegative: boolean;
  /** Without leading zeros. */
  readonly whole: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

/** POSIX sort: blanks, one optional minus sign, digits, optionally a point and digits. */
function leadingNumber(name: string): LeadingNumber {
  const match = /^[ \t\n]*(-?)0*(\d*)(?:\.(\d*))?/.exec(name);
  const whole = match?.[2] ?? '';
  const fraction = (match?.[3] ?? '').replace(/0+$/, '');
  return { isNegative: match?.[1] === '-' && (whole !== '' || fraction !== ''), whole, fraction };
}

function compareNumbers(one: LeadingNumber, other: LeadingNumber): number {
  if (one.isNegative !== other.isNegative) return one.isNegative ? -1 : 1;
  const magnitude =
    one.whole.length - other.whole.length ||
    compareBytes(one.whole, other.whole) ||
    compareBytes(one.fraction, other.fraction);
  return one.isNegative ? -magnitude : magnitude;
}
