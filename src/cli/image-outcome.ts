import { formatDuration } from '../base/units.js';

/** How one image ended. */
export interface ImageOutcome {
  readonly status: number;
  readonly durationMs: number;
}

/** A line for each image: `built in 35.2 s`, `failed (7) after 1.5 s` or `not started`. */
export function formatOutcomes(
  images: readonly { readonly name: string }[],
  outcomes: readonly (ImageOutcome | undefined)[],
): string {
  const width = Math.max(...images.map(({ name }) => name.length));
  const lines = images.map(({ name }, index) => {
    const outcome = describeOutcome(outcomes[index]);
    return `  ${name.padEnd(width)}  ${outcome}\n`;
  });
  return `\nimages:\n${lines.join('')}`;
}

function describeOutcome(outcome: ImageOutcome | undefined): string {
  if (outcome === undefined) return 'not started';
  const duration = formatDuration(outcome.durationMs);
  return outcome.status === 0 ? `built in ${duration}` : `failed (${outcome.status}) after ${duration}`;
}
