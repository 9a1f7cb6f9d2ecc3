import { readFile } from 'node:fs/promises';
import { digestOf, digestOfFields } from '../base/digest.js';
import { formatDuration } from '../base/units.js';
import { planStaging } from '../elements/stage-plan.js';
import { readBuildDecisions, readBuildTraces } from '../layers/build-decisions.js';
import { digestOfVariable } from '../layers/choose-variables.js';
import { readStoreSalt } from '../layers/layer-store.js';
import { predictSteps, type StepPrediction } from '../layers/predict-steps.js';
import { placeOfPhase } from '../model/phase.js';
import type { BuildPlan } from '../model/plan.js';
import { targetEnvironment } from '../plan/core-environment.js';

/** What the next build of an image is expected to reuse and to run. */
export interface BuildPrediction {
  /** When the build began that this is taken from, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly steps: readonly StepPrediction[];
  /** What the hooks take that are expected to run, those that never have aside. */
  readonly runMs: number;
  /** What those took that are expected to be reused. */
  readonly savedMs: number;
}

/** Predicts a build from the last one of the image; undefined where that kept nothing, or nothing is to be reused. */
export async function predictBuild(options: {
  readonly plan: BuildPlan;
  readonly storeDirectory: string;
  readonly nowMs: number;
}): Promise<BuildPrediction | undefined> {
  const { plan, storeDirectory } = options;
  const { cacheMode, imagePath } = plan.request;
  if (cacheMode === 'off' || cacheMode === 'fresh') return undefined;
  const build = await readBuildDecisions(storeDirectory, imagePath);
  const salt = await readStoreSalt(storeDirectory).catch(() => undefined);
  if (build === undefined || salt === undefined) return undefined;
  const { steps: traces } = await readBuildTraces(storeDirectory, imagePath);
  const digests = await digestStaging(plan);
  const values = plan.environment.values;
  const inTarget = targetEnvironment(values);
  const steps = predictSteps({
    decisions: build.decisions,
    traces,
    planned: plan.steps.flatMap((step) =>
      step.kind === 'run-phase' ? step.hooks.map((hook) => ({ phase: step.phase, hook: hook.name })) : [],
    ),
    digestOfFile: (path) => digests.get(path),
    digestOfVariable(name, phase) {
      // Set anew for each phase, or by the engine inside.
      if (unknownBefore.test(name)) return undefined;
      const value = (placeOfPhase[phase] === 'chroot' ? inTarget : values)[name];
      return value === undefined ? undefined : digestOfVariable(name, value, salt);
    },
    nowMs: options.nowMs,
  });
  const sum = (outcome: StepPrediction['outcome']): number =>
    steps.filter((step) => step.outcome === outcome).reduce((total, step) => total + (step.durationMs ?? 0), 0);
  return { fromMs: build.startedMs, steps, runMs: sum('run'), savedMs: sum('reused') };
}

const unknownBefore = /^(PATH|HOME|USER|LOGNAME|TMPDIR|PWD|TARGET_ROOT|TMP_\w+|IMAGE_BLOCK_DEVICES?)$/;

/** As the layers take them: content and mode. */
async function digestStaging(plan: BuildPlan): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const note = (path: string, content: string | Uint8Array, mode: number): void => {
    digests.set(path, digestOfFields([digestOf(content), mode.toString(8)]));
  };
  for (const entry of planStaging(plan.elementSet))
    if (entry.kind === 'file') note(entry.destination, await readFile(entry.source), entry.mode);
  for (const [path, text] of Object.entries(plan.resolvedTables.stagedFiles)) note(path, text, 0o644);
  return digests;
}

/** The prediction as the last part of a plan. */
export function formatPrediction({ fromMs, steps, runMs, savedMs }: BuildPrediction): string {
  const lines = ['', `cache     as the build of ${new Date(fromMs).toISOString()} tells`];
  for (const step of steps) {
    const duration = step.durationMs === undefined ? 'never ran before' : `about ${formatDuration(step.durationMs)}`;
    const details = [step.outcome === 'reused' ? `saves ${duration.replace('about ', '')}` : duration, step.because];
    lines.push(
      `  ${step.outcome.padEnd(6)}  ${step.phase}.d: ${step.hooks.join(', ')}  (${details.filter(Boolean).join('; ')})`,
    );
  }
  const newCount = steps.filter((step) => step.durationMs === undefined).length;
  const unknown = newCount === 0 ? '' : `, and ${newCount === 1 ? 'one' : newCount} that never ran`;
  lines.push(
    steps.every((step) => step.outcome === 'reused')
      ? '  nothing is expected to run'
      : `  hooks run for about ${formatDuration(runMs)}${unknown}; reused is what took ${formatDuration(savedMs)}`,
  );
  return `${lines.join('\n')}\n`;
}
