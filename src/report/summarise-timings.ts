import { formatDuration } from '../base/units.js';
import type { BuildSummary } from './collect-summary.js';

/** How many single hooks are named. */
const slowestCount = 3;

/**
 * Where the time went: one line per phase or other step in the order they ran, then the slowest hooks.
 *
 * @returns lines without line ends; none when nothing was measured
 */
export function summariseTimings(summary: BuildSummary): readonly string[] {
  const rows = rowsOf(summary);
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map((row) => row.name.length));
  const hooks = summary.phases.flatMap(({ phase, hooks: run }) => run.map((hook) => ({ ...hook, phase })));
  const slowest = hooks
    .filter((hook) => hook.outcome === 'done' && hook.durationMs >= 1000)
    .sort((left, right) => right.durationMs - left.durationMs)
    .slice(0, slowestCount);
  return [
    'Timings:',
    ...rows.map((row) => `  ${row.name.padEnd(width)}  ${row.time.padStart(10)}${row.note}`),
    ...slowest.map(
      (hook) =>
        `  slowest: ${hook.phase}.d/${hook.hook} of element ${hook.element}, ${formatDuration(hook.durationMs)}`,
    ),
  ];
}

function rowsOf(
  summary: BuildSummary,
): readonly { readonly name: string; readonly time: string; readonly note: string }[] {
  const measured = summary.steps.length > 0 ? summary.steps : summary.phases.map((phase) => asStep(phase));
  return measured.map((step) => {
    const phase = summary.phases.find((candidate) => step.title === candidate.phase || step.step === candidate.phase);
    const reused = phase?.hooks.filter((hook) => hook.outcome === 'reused').length ?? 0;
    const note =
      step.outcome === 'reused'
        ? '  reused'
        : reused > 0
          ? `  ${reused} of ${phase?.hooks.length ?? 0} hooks reused`
          : '';
    return { name: step.title, time: formatDuration(step.durationMs), note };
  });
}

function asStep(phase: BuildSummary['phases'][number]): BuildSummary['steps'][number] {
  return { step: phase.phase, title: phase.phase, durationMs: phase.durationMs, outcome: 'done' };
}
