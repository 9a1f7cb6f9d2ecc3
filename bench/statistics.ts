/** The middle of several measurements, and how far they lie apart. All in the unit of the measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/**
 * Median, smallest and largest of measurements; of an even number the median is the mean of the middle two.
 *
 * @throws RangeError when there is nothing to summarise
 */
export function summarise(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  const min = sorted[0];
  const max = sorted[sorted.length - 1];
  if (upper === undefined || lower === undefined || min === undefined || max === undefined)
    throw new RangeError('no measurement to summarise');
  return { median: (lower + upper) / 2, min, max, count: sorted.length };
}

/**
 * The ratio of two series: median over median, with the smallest and largest ratio of one round.
 *
 * Measurements of the same place in both series were made in the same round, so a load that lasts a round weighs on
 * both sides of its ratio.
 */
export function compareSeries(ours: readonly number[], theirs: readonly number[]): Spread {
  const rounds = Math.min(ours.length, theirs.length);
  const ratios = summarise(Array.from({ length: rounds }, (_, round) => (ours[round] ?? 0) / (theirs[round] ?? 0)));
  return { ...ratios, median: summarise(ours).median / summarise(theirs).median };
}
