import { formatBytes, formatDuration } from '../base/units.js';
import type { BuildDecisions } from './build-decisions.js';
import type { StoredLayer } from './collect-garbage.js';

/** What a build reused and what it ran, a line for each step with the smallest cause known. */
export function formatDecisions(build: BuildDecisions): string {
  const lines = [
    `${build.imagePath}: last build ${new Date(build.startedMs).toISOString()}, ${build.outcome === 'done' ? 'done' : 'failed'}`,
  ];
  for (const decision of build.decisions) {
    const hooks = formatHooks(decision);
    const duration = formatDuration(decision.durationMs);
    const time = decision.outcome === 'reused' ? `saved ${duration}` : `took ${duration}`;
    lines.push(`${decision.outcome.padEnd(6)}  ${decision.phase}.d: ${hooks}  (${time})`);
    for (const cause of decision.because) lines.push(`        ${cause}`);
  }
  const sum = (outcome: string): number =>
    build.decisions.filter((one) => one.outcome === outcome).reduce((total, one) => total + one.durationMs, 0);
  lines.push(`Reused what took ${formatDuration(sum('reused'))}, ran for ${formatDuration(sum('run'))}`);
  return `${lines.join('\n')}\n`;
}

/** `10-a, 20-b of element x, 30-c of element y`. */
function formatHooks({ hooks, elements }: BuildDecisions['decisions'][number]): string {
  return hooks
    .map((hook, index) => {
      const element = elements?.[index];
      return element === undefined || elements?.[index + 1] === element ? hook : `${hook} of element ${element}`;
    })
    .join(', ');
}

/** A table of layers, longest unused first. */
export function formatLayers(layers: readonly StoredLayer[]): string {
  const lines = layers.map(
    ({ layer, lastUsedMs }) =>
      `${layer.id}  ${formatBytes(layer.sizeBytes).padStart(10)}  ${String(layer.entryCount).padStart(6)} entries  used ${new Date(lastUsedMs).toISOString()}`,
  );
  const sizeBytes = layers.reduce((sum, { layer }) => sum + layer.sizeBytes, 0);
  return `${[...lines, `${layers.length} layers, ${formatBytes(sizeBytes)}`].join('\n')}\n`;
}
