import { gibibyte, kibibyte, mebibyte, tebibyte } from '../base/units.js';

/** A size in the first unit that states it exactly: binary down to MiB, then decimal, then KiB: `1488 MiB`, `40 GB`, `64 KiB`, `7 B`. */
export function exactSize(sizeBytes: number): string {
  const units: readonly (readonly [number, string])[] = [
    [tebibyte, 'TiB'],
    [gibibyte, 'GiB'],
    [mebibyte, 'MiB'],
    [1000 ** 4, 'TB'],
    [1000 ** 3, 'GB'],
    [1000 ** 2, 'MB'],
    [kibibyte, 'KiB'],
  ];
  for (const [factor, name] of units) {
    if (sizeBytes >= factor && sizeBytes % factor === 0) return `${sizeBytes / factor} ${name}`;
  }
  return `${sizeBytes} B`;
}
