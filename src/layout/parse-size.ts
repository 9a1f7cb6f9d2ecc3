import type { SizeSpec } from '../model/layout.js';
import type { PlacedValue } from './placed-value.js';
import { resolveYaml11Integer } from './resolve-yaml11-scalar.js';

/** A size, or why the value is none. */
export type SizeReading = SizeSpec | { readonly kind: 'wrong'; readonly reason: string };

const factorOfUnit: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  K: 1000,
  KB: 1000,
  KiB: 1024,
  M: 1000 ** 2,
  MB: 1000 ** 2,
  MiB: 1024 ** 2,
  G: 1000 ** 3,
  GB: 1000 ** 3,
  GiB: 1024 ** 3,
  T: 1000 ** 4,
  TB: 1000 ** 4,
  TiB: 1024 ** 4,
};

/** For hints. */
export const acceptedUnits = 'B, KiB, MiB, GiB, TiB (powers of 1024), K, KB, M, MB, G, GB, T, TB (powers of 1000)';

/** Reads a size where it stands in YAML: an unquoted integer is bytes, everything else goes by {@link parseSize}. */
export function readSize(value: PlacedValue): SizeReading {
  if (value.kind !== 'text') return { kind: 'wrong', reason: 'a size is a number with a unit' };
  const integer = value.isQuoted ? undefined : resolveYaml11Integer(value.text);
  if (integer === undefined) return parseSize(value.text);
  return integer < 0 ? { kind: 'wrong', reason: 'a size cannot be negative' } : bytes(integer);
}

/**
 * The size grammar: `1.5GiB`, `500 MB`, `5G` (decimal), `1048576`, `33.3%`. A missing number counts as 1.
 * Units are case-sensitive. Fractions of a byte are cut off.
 */
export function parseSize(text: string): SizeReading {
  if (text.endsWith('%')) return parsePercent(text.slice(0, -1).trim());
  if (/^\s*-/.test(text)) return { kind: 'wrong', reason: 'a size cannot be negative' };
  const match = /^([\d.]*) ?([a-zA-Z0-9_]*)$/.exec(text.trimEnd());
  if (match === null) return { kind: 'wrong', reason: 'not a number with a unit' };
  const [, number = '', unit = ''] = match;
  const factor = Object.hasOwn(factorOfUnit, unit) ? factorOfUnit[unit] : undefined;
  if (factor === undefined) return { kind: 'wrong', reason: `unknown unit ${JSON.stringify(unit)}` };
  if (number !== '' && !/^(\d+\.?\d*|\.\d+)$/.test(number))
    return { kind: 'wrong', reason: `${JSON.stringify(number)} is not a number` };
  const sizeBytes = Math.trunc(factor * (number === '' ? 1 : Number(number)));
  return Number.isSafeInteger(sizeBytes) ? bytes(sizeBytes) : { kind: 'wrong', reason: 'larger than any disk' };
}

function parsePercent(text: string): SizeReading {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text))
    return { kind: 'wrong', reason: `${JSON.stringify(text)} is not a number` };
  const percent = Number(text);
  if (percent < 0) return { kind: 'wrong', reason: 'a percentage cannot be negative' };
  if (percent > 100) return { kind: 'wrong', reason: `${percent} % is more than the 100 % that are free` };
  return { kind: 'percent', percent };
}

function bytes(sizeBytes: number): SizeSpec {
  return { kind: 'bytes', sizeBytes };
}
