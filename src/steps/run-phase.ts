import { readdir, stat } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { HookPlace, Phase } from '../model/phase.js';
import type { HookRun, StepContext, TreeLayers } from '../model/step-context.js';
import { stagingInTarget } from '../model/workspace.js';
import { targetEnvironment } from '../plan/core-environment.js';
import { breakAt } from './break-at.js';
import { coverBootPrograms } from './cover-boot-programs.js';
import { judgeHookFailure } from './judge-hook-failure.js';
import { selectHooks } from './select-hooks.js';

/** The step's own data. */
export interface RunPhaseStep {
  readonly phase: Phase;
  readonly place: HookPlace;
}

/**
 * Runs the hooks of one phase in order, each as its own process, with the environment files sourced once before.
 *
 * The staging directory is listed when the phase starts: hooks of earlier phases may have added hooks.
 *
 * @throws BuildError `HOOK_FAILED`, or what {@link judgeHookFailure} finds, with the hook's own exit status
 */
export async function runPhase(step: RunPhaseStep, context: StepContext): Promise<void> {
  const { phase, place } = step;
  const { ports } = context;
  const phaseDirectory = `${context.workspace.stagingDirectory}/${phase}.d`;
  const hasDirectory = await isDirectory(phaseDirectory);
  if (place === 'chroot' && !hasDirectory) return;
  if (place === 'chroot') await ports.target.attachStaging();
  await breakAt({ name: `before-${phase}`, place }, context);
  if (hasDirectory) await runHooks(step, phaseDirectory, context);
  await breakAt({ name: `after-${phase}`, place }, context);
  if (place === 'chroot') await endLeftovers(context);
  await layersOf(context)?.endPhase();
  if (place === 'chroot') await ports.target.detachStaging();
}

/** On a disk that is mounted over the tree nothing is a layer. */
function layersOf(context: StepContext): TreeLayers | undefined {
  return context.state.loopDisk === undefined ? context.ports.layers : undefined;
}

async function runHooks(step: RunPhaseStep, phaseDirectory: string, context: StepContext): Promise<void> {
  const { ports, plan } = context;
  const hooks = selectHooks(await listDirectory(phaseDirectory), plan.request.hookNamePattern);
  const startMs = ports.clock.monotonicMs();
  ports.emit({ kind: 'phase-started', phase: step.phase, place: step.place, hookCount: hooks.length });
  if (hooks.length > 0) {
    const environment = await phaseEnvironment(step, context);
    const layers = layersOf(context);
    let doneCount = 0;
    while (doneCount < hooks.length) {
      // Before each hook: an earlier one may have brought GRUB.
      if (step.phase === 'finalise') await coverBootPrograms(context);
      const run: HookRun = {
        ...step,
        hooks: hooks.slice(doneCount).map((hook) => describeHook(step, hook, context)),
        environment,
      };
      const reusedCount = (await layers?.reuse(run)) ?? 0;
      for (const hook of hooks.slice(doneCount, doneCount + reusedCount)) reportReuse({ hook, ...step }, context);
      doneCount += reusedCount;
      if (reusedCount > 0) continue;
      await layers?.beforeHook(run);
      const { durationMs } = await runHook({ hook: hooks[doneCount] ?? '', ...step }, environment, context, run);
      await layers?.afterHook(run, durationMs);
      doneCount += 1;
    }
  }
  ports.emit({ kind: 'phase-finished', phase: step.phase, durationMs: ports.clock.monotonicMs() - startMs });
}

/** The environment of a phase's hooks: the engine's variables, then what the environment files make of them. */
export async function phaseEnvironment(
  step: RunPhaseStep,
  context: StepContext,
): Promise<Readonly<Record<string, string>>> {
  const { ports, plan } = context;
  const withTargetRoot = step.phase === 'root' || step.phase === 'cleanup';
  const variables = {
    ...context.coreEnvironment,
    ...Object.fromEntries(context.state.hookVariables),
    ...(withTargetRoot ? { TARGET_ROOT: context.workspace.treeDirectory } : {}),
  };
  const isInTarget = step.place === 'chroot';
  const directory = `${isInTarget ? stagingInTarget : context.workspace.stagingDirectory}/environment.d`;
  const names = (await listDirectory(`${context.workspace.stagingDirectory}/environment.d`))
    .filter((entry) => entry.isFile && /^[0-9A-Za-z_.-]+$/.test(entry.name))
    .map((entry) => entry.name)
    .sort(compareBytes);
  return ports.sourceEnvironment({
    files: names.map((name) => ({ path: `${directory}/${name}`, label: `environment.d/${name}` })),
    environment: isInTarget ? targetEnvironment(variables) : variables,
    ...(isInTarget ? { prefix: ports.target.chrootPrefix } : { workingDirectory: plan.request.workingDirectory }),
  });
}

async function runHook(
  hook: RunPhaseStep & { readonly hook: string },
  environment: Readonly<Record<string, string>>,
  context: StepContext,
  run: HookRun,
): Promise<{ readonly durationMs: number }> {
  const { ports, plan } = context;
  const element = elementOf(hook, context);
  const isInTarget = hook.place === 'chroot';
  const hookPath = `${isInTarget ? stagingInTarget : context.workspace.stagingDirectory}/${hook.phase}.d/${hook.hook}`;
  const [program = hookPath, ...rest] = isInTarget ? [...ports.target.chrootPrefix, hookPath] : [hookPath];
  ports.emit({ kind: 'hook-started', phase: hook.phase, hook: hook.hook, element });
  const running = ports.programs.run({
    program,
    arguments: rest,
    environment,
    ...(isInTarget ? {} : { workingDirectory: plan.request.workingDirectory }),
    output: 'log',
    source: hook.hook,
    // What these hooks say may name a disk that they made.
    ...(hook.phase === 'block-device'
      ? {
          onStdout: (text: string) => {
            context.state.blockDeviceOutput = (context.state.blockDeviceOutput ?? '') + text;
          },
        }
      : {}),
  });
  const { exitStatus, durationMs, lastLines } = await running.catch((error: unknown) => {
    // It could not be started; judgeHookFailure tells why in the same words as for hooks in the chroot.
    if (!(error instanceof BuildError) || error.code !== 'HOOK_NOT_RUNNABLE') throw error;
    return { exitStatus: error.exitStatus, durationMs: 0, lastLines: [] };
  });
  const outcome = exitStatus === 0 ? 'done' : 'failed';
  ports.emit({ kind: 'hook-finished', phase: hook.phase, hook: hook.hook, element, durationMs, exitStatus, outcome });
  if (exitStatus === 0) return { durationMs };
  if (ports.signal.aborted)
    throw new BuildError({ code: 'INTERRUPTED', message: 'the build was stopped', exitStatus: 130 });
  await breakAt({ name: 'after-error', place: hook.place }, context);
  const fault = await judgeHookFailure({ ...hook, element, exitStatus, lastLines: lastLines ?? [] }, context);
  // What takes the last space is not worth keeping: the next build needs it.
  await layersOf(context)?.keepFailure(run, { isTreeDropped: fault.code === 'SPACE_MISSING' });
  throw fault;
}

function describeHook(step: RunPhaseStep, hook: string, context: StepContext): HookRun['hooks'][number] {
  return { name: hook, element: elementOf({ hook, ...step }, context), path: `${step.phase}.d/${hook}` };
}

function reportReuse(hook: RunPhaseStep & { readonly hook: string }, context: StepContext): void {
  const element = elementOf(hook, context);
  const { emit } = context.ports;
  emit({ kind: 'hook-started', phase: hook.phase, hook: hook.hook, element });
  emit({
    kind: 'hook-finished',
    phase: hook.phase,
    hook: hook.hook,
    element,
    durationMs: 0,
    exitStatus: 0,
    outcome: 'reused',
  });
}

async function endLeftovers(context: StepContext): Promise<void> {
  const names = await context.ports.target.endLeftovers();
  if (names.length === 0) return;
  context.ports.emit({
    kind: 'message',
    level: 'warning',
    text: `ended processes that hooks had left running: ${names.join(', ')}`,
  });
}

function elementOf(hook: RunPhaseStep & { readonly hook: string }, context: StepContext): string {
  const path = `${hook.phase}.d/${hook.hook}`;
  const owner = context.elementSet.elements.find((element) => element.files.some((file) => file.path === path));
  return owner?.name ?? '(made by a hook)';
}

async function listDirectory(
  directory: string,
): Promise<readonly { readonly name: string; readonly isFile: boolean; readonly isExecutable: boolean }[]> {
  if (!(await isDirectory(directory))) return [];
  const names = await readdir(directory);
  return Promise.all(
    names.map(async (name) => {
      const status = await stat(`${directory}/${name}`).catch(() => undefined);
      return { name, isFile: status?.isFile() ?? false, isExecutable: ((status?.mode ?? 0) & 0o111) !== 0 };
    }),
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
