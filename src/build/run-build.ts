import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { unreachable } from '../base/build-error.js';
import type { Artifact } from '../model/artifact.js';
import type { BuildPlan, Step } from '../model/plan.js';
import type { BuildState, StepContext, StepPorts } from '../model/step-context.js';
import { workspace } from '../model/workspace.js';
import { describeStep } from '../plan/describe-step.js';
import { closeLoopDisk } from '../steps/close-loop-disk.js';
import { createDisk } from '../steps/create-disk.js';
import { installPackages } from '../steps/install-packages.js';
import { openLoopDiskStep } from '../steps/open-loop-disk.js';
import { prepareTarget } from '../steps/prepare-target.js';
import { runPhase } from '../steps/run-phase.js';
import { sizeDisk } from '../steps/size-disk.js';
import { stageHooks } from '../steps/stage-hooks.js';
import { tidyTree } from '../steps/tidy-tree.js';
import { writeArtifactsStep } from '../steps/write-artifacts.js';

/**
 * Walks the plan once, inside the build's namespace.
 *
 * @throws BuildError when a step fails; nothing of the workspace outlives the namespace
 */
export async function runBuild(
  plan: BuildPlan,
  coreEnvironment: Readonly<Record<string, string>>,
  ports: StepPorts,
): Promise<readonly Artifact[]> {
  for (const directory of [workspace.treeDirectory, workspace.imageDirectory, workspace.scratchDirectory]) {
    await mkdir(directory, { recursive: true, mode: 0o755 });
  }
  await mkdir(workspace.temporaryDirectory, { recursive: true });
  await chmod(workspace.temporaryDirectory, 0o1777);
  const state: BuildState = { hookVariables: new Map(), bootRecords: [], artifacts: [] };
  const context: StepContext = { plan, elementSet: plan.elementSet, workspace, coreEnvironment, ports, state };
  for (const [index, step] of plan.steps.entries()) {
    ports.signal.throwIfAborted();
    await runStep({ step, index }, context);
  }
  await rm(workspace.imageDirectory, { recursive: true });
  return state.artifacts;
}

async function runStep(planned: { readonly step: Step; readonly index: number }, context: StepContext): Promise<void> {
  const { ports, plan } = context;
  if (await isQuiet(planned.step, context)) return carryOut(planned.step, context);
  const title = describeStep(planned.step);
  const startMs = ports.clock.monotonicMs();
  ports.emit({
    kind: 'step-started',
    step: planned.step.kind,
    title,
    index: planned.index + 1,
    count: plan.steps.length,
  });
  const finish = (outcome: 'done' | 'failed'): void =>
    ports.emit({
      kind: 'step-finished',
      step: planned.step.kind,
      title,
      durationMs: ports.clock.monotonicMs() - startMs,
      outcome,
    });
  try {
    await carryOut(planned.step, context);
  } catch (error) {
    finish('failed');
    throw error;
  }
  finish('done');
}

/** A phase that no element has a hook for is not worth a line; it runs all the same, as breaks may be set there. */
async function isQuiet(step: Step, context: StepContext): Promise<boolean> {
  if (step.kind !== 'run-phase') return false;
  const directory = `${context.workspace.stagingDirectory}/${step.phase}.d`;
  return (await readdir(directory).catch(() => [])).length === 0;
}

function carryOut(step: Step, context: StepContext): Promise<void> {
  switch (step.kind) {
    case 'stage-hooks':
      return stageHooks(context);
    case 'run-phase':
      return runPhase(step, context);
    case 'prepare-target':
      return prepareTarget(context);
    case 'install-packages':
      return installPackages(step.packages, context);
    case 'size-disk':
      return sizeDisk(context);
    case 'open-loop-disk':
      return openLoopDiskStep(context);
    case 'tidy-tree':
      return tidyTree(context);
    case 'close-loop-disk':
      return closeLoopDisk(context);
    case 'create-disk':
      return createDisk(context);
    case 'write-artifacts':
      return writeArtifactsStep(context);
    default:
      return unreachable(step);
  }
}
