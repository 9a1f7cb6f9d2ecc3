/**
 * How long an earlier build took, in milliseconds, from the text of the manifest that it left.
 *
 * @returns undefined where the text is no manifest, or one without timings
 */
export function readPastDuration(manifestText: string): number | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(manifestText);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const steps = member(member(manifest, 'timings'), 'steps');
  if (!Array.isArray(steps)) return undefined;
  const durations = steps.map((step: unknown) => member(step, 'durationMs'));
  return durations.every((duration) => typeof duration === 'number')
    ? durations.reduce((sum, duration) => sum + duration, 0)
    : undefined;
}

/** Longest first, so that no long one is left alone at the end; what is not known is taken for longest. Stable. */
export function sortLongestFirst<Item>(
  items: readonly Item[],
  durationMsOf: (item: Item) => number | undefined,
): readonly Item[] {
  const duration = (item: Item): number => durationMsOf(item) ?? Number.MAX_VALUE;
  return [...items].sort((one, other) => duration(other) - duration(one));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
