/** Binary units in bytes (IEC 80000-13). */
export const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;
export const gibibyte = 1024 * mebibyte;
export const tebibyte = 1024 * gibibyte;

/** Rounds up to a multiple. Both in the same unit; `multiple` at least 1. */
export function alignUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Rounds down to a multiple. Both in the same unit; `multiple` at least 1. */
export function alignDown(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}

/** A size for people: `1.5 GiB`, `640 MiB`, `12 KiB`, `7 B`. */
export function formatBytes(sizeBytes: number): string {
  const units: readonly (readonly [number, string])[] = [
    [tebibyte, 'TiB'],
    [gibibyte, 'GiB'],
    [mebibyte, 'MiB'],
    [kibibyte, 'KiB'],
  ];
  for (const [factor, name] of units) {
    if (sizeBytes >= factor) return `${Number((sizeBytes / factor).toFixed(1))} ${name}`;
  }
  return `${sizeBytes} B`;
}

/** A duration for people: `1 m 5 s`, `12.3 s`, `85 ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const totalSeconds = Math.round(durationMs / 1000);
  return `${Math.floor(totalSeconds / 60)} m ${totalSeconds % 60} s`;
}
