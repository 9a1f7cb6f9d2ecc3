import { tebibyte } from '../base/units.js';

/**
 * The smallest multiple of `stepBytes` for which `fits` holds, or undefined when nothing up to 64 TiB does.
 * `fits` must stay true once it is.
 */
export function smallestFitting(
  { stepBytes, fromBytes = stepBytes }: { readonly stepBytes: number; readonly fromBytes?: number },
  fits: (sizeBytes: number) => boolean,
): number | undefined {
  const mostSteps = Math.floor((64 * tebibyte) / stepBytes);
  let low = Math.max(Math.ceil(fromBytes / stepBytes), 1);
  if (fits(low * stepBytes)) return low * stepBytes;
  let high = low * 2;
  while (!fits(high * stepBytes)) {
    if (high >= mostSteps) return undefined;
    low = high;
    high = Math.min(high * 2, mostSteps);
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * stepBytes)) high = middle;
    else low = middle;
  }
  return high * stepBytes;
}
