/** How long one hook took. */
export interface HookTiming {
  readonly hook: string;
  readonly durationMs: number;
}

/**
 * The lines that `dib-run-parts` prints after the last hook of a phase, each with its prefix: log readers look for them.
 *
 * One row per hook in byte order of the names, seconds with three decimals.
 */
export function formatProfilingBlock(phase: string, timings: readonly HookTiming[]): readonly string[] {
  const rows = [...timings]
    .sort((left, right) => Buffer.compare(Buffer.from(left.hook), Buffer.from(right.hook)))
    .map(({ hook, durationMs }) => `${hook.padEnd(40)} ${(durationMs / 1000).toFixed(3).padStart(10)}`);
  return [
    `${'-'.repeat(23)} PROFILING ${'-'.repeat(23)}`,
    '',
    `Target: ${phase}.d`,
    '',
    `${'Script'.padEnd(40)} ${'Seconds'.padStart(9)}`,
    `${'-'.repeat(39)}  ${'-'.repeat(10)}`,
    '',
    ...rows,
    '',
    `${'-'.repeat(21)} END PROFILING ${'-'.repeat(21)}`,
  ].map((line) => `dib-run-parts ${line}`.trimEnd());
}
