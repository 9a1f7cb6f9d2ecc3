import type { PlannedHook } from '../model/element.js';
import { type Phase, phases, placeOfPhase } from '../model/phase.js';
import type { DiskModeChoice, Step } from '../model/plan.js';
import type { BuildRequest } from '../model/request.js';

/** The steps of a build, in order. */
export function listSteps(options: {
  readonly request: BuildRequest;
  readonly diskMode: DiskModeChoice;
  readonly hooksOf: (phase: Phase) => readonly PlannedHook[];
}): readonly Step[] {
  const { request, diskMode } = options;
  const steps: Step[] = [{ kind: 'stage-hooks' }];
  for (const phase of phases) {
    const hooks = options.hooksOf(phase);
    // A phase without hooks is a step all the same where somebody wants a break there, or hooks may come.
    steps.push({ kind: 'run-phase', phase, place: placeOfPhase[phase], hooks });
    if (phase === 'root') steps.push({ kind: 'prepare-target' });
    if (phase === 'install' && request.packages.length > 0)
      steps.push({ kind: 'install-packages', packages: request.packages });
    if (phase === 'post-root') steps.push({ kind: 'size-disk' });
    if (phase === 'block-device' && diskMode.mode === 'loop') steps.push({ kind: 'open-loop-disk' });
  }
  steps.push({ kind: 'tidy-tree' });
  if (diskMode.mode === 'files') steps.push({ kind: 'create-disk' });
  if (diskMode.mode === 'loop') steps.push({ kind: 'close-loop-disk' });
  if (request.formats.length > 0) steps.push({ kind: 'write-artifacts', formats: request.formats });
  return steps;
}
