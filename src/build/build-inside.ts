import { mkdir, rename, writeFile } from 'node:fs/promises';
import { BuildError, faultsOf } from '../base/build-error.js';
import { describeFormat } from '../base/format-table.js';
import { assembleDisk } from '../disk/assemble-disk.js';
import { measureTree } from '../disk/measure-tree.js';
import { checkConversions } from '../formats/check-conversions.js';
import { writeArtifacts } from '../formats/write-artifacts.js';
import { jobSlotsVariable, takeJobSlot } from '../layers/job-slot.js';
import type { Artifact } from '../model/artifact.js';
import type { BuildEvent, EventContent } from '../model/event.js';
import type { Ports } from '../model/ports.js';
import type { SandboxMessage } from '../model/sandbox-message.js';
import type { StepPorts, Target, TreeLayers } from '../model/step-context.js';
import { workspace } from '../model/workspace.js';
import { openLocks } from '../process/open-locks.js';
import { sourceEnvironment } from '../process/source-environment.js';
import { formatManifest } from '../report/manifest.js';
import { openReport, type Report } from '../report/open-report.js';
import { summariseFailure } from '../report/summarise-failure.js';
import { openTarget } from '../sandbox/open-target.js';
import { withMissingSpace } from '../steps/find-missing-space.js';
import { stageHooks } from '../steps/stage-hooks.js';
import { loopDiskPorts } from './loop-disk-ports.js';
import { noteResult } from './note-result.js';
import { openClock, openPorts } from './open-ports.js';
import { openTreeLayers, type TreeLayersOfBuild } from './open-tree-layers.js';
import { reuseResult } from './reuse-result.js';
import { runBuild } from './run-build.js';

/** What {@link buildInside} needs. */
export interface BuildInsideOptions {
  readonly message: SandboxMessage;
  readonly signal: AbortSignal;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly columns: () => number;
}

/**
 * Runs a plan inside the namespace, with the report that the request asked for.
 *
 * @returns the exit status: 0, a failed hook's own, 130 when stopped, else 1
 */
export async function buildInside(options: BuildInsideOptions): Promise<number> {
  const { message } = options;
  const { request } = message.plan;
  const clock = openClock();
  const report = openReport({
    logFormat: request.logFormat,
    ...(request.logPath === undefined ? {} : { logPath: request.logPath }),
    isQuiet: request.isQuiet,
    hasTimestamps: request.hasTimestamps,
    traceLevel: request.traceLevel,
    isTerminal: message.terminal.isTerminal,
    columns: options.columns,
    hasColour: message.terminal.hasColour,
    secrets: message.secrets,
    write: options.write,
    nowMs: clock.nowMs,
  });
  const emit = (event: EventContent): void => report.take({ atMs: clock.nowMs(), ...event } as BuildEvent);
  const ports = openPorts({
    pathDirectories: message.pathDirectories,
    emit,
    signal: options.signal,
    ...(message.identitySeed === undefined ? {} : { identitySeed: message.identitySeed }),
  });
  const startMs = clock.monotonicMs();
  const startedMs = clock.nowMs();
  const finish = async (outcome: 'done' | 'failed' | 'interrupted', exitStatus: number): Promise<number> => {
    emit({ kind: 'build-finished', durationMs: clock.monotonicMs() - startMs, outcome, exitStatus });
    await report.close();
    slotLocks?.close();
    return exitStatus;
  };
  emit({
    kind: 'build-started',
    version: message.version,
    elements: message.plan.elementSet.elements.map((element) => element.name),
    formats: request.formats,
    stepCount: message.plan.steps.length,
  });
  for (const text of message.plan.warnings) emit({ kind: 'message', level: 'warning', text });
  const slots = request.callerEnvironment[jobSlotsVariable];
  const slotLocks = slots === undefined ? undefined : openLocks({ pathDirectories: message.pathDirectories });
  let opened: TreeLayersOfBuild | undefined;
  let target: Target | undefined;
  try {
    // Inside, so that a kill at this moment leaves none of its files either.
    await mkdir(workspace.scratchDirectory, { recursive: true });
    const slot = slots === undefined || slotLocks === undefined ? undefined : await takeJobSlot(slots, slotLocks);
    await checkConversions({ ...request, scratchDirectory: workspace.scratchDirectory }, ports);
    const reused = await tryReuse(message, ports);
    if (reused !== undefined) {
      await writeManifest({ message, artifacts: reused, report });
      return await finish('done', 0);
    }
    opened = await openTreeLayers(message, ports, () => target, slot);
    target = await openTarget(workspace, ports, { isStagingWatched: opened !== undefined });
    const stepPorts = openStepPorts(message, ports, target, opened?.layers);
    const artifacts = await runBuild(message.plan, message.coreEnvironment, stepPorts);
    await opened?.close('done');
    await writeManifest({ message, artifacts, report });
    if (opened !== undefined) {
      const durationMs = clock.monotonicMs() - startMs;
      await noteResult({ message, artifacts, layers: opened.layers, startedMs, durationMs }, ports);
    }
    return await finish('done', 0);
  } catch (thrown) {
    // Before anything is removed: what is full now is what was full then.
    const fault = await withMissingSpace(thrown, {
      workspaceDirectory: workspace.root,
      request,
      hasLayers: opened !== undefined,
    });
    await opened?.close('failed').catch(() => undefined);
    const error = options.signal.aborted ? interruption(thrown) : fault;
    const exitStatus = faultsOf(error)[0]?.exitStatus ?? 1;
    const isInterrupted = faultsOf(error)[0]?.code === 'INTERRUPTED';
    const summary = report.summary();
    const status = await finish(isInterrupted ? 'interrupted' : 'failed', exitStatus);
    options.writeError(
      `${summariseFailure({ error, summary, ...(request.logPath === undefined ? {} : { logPath: request.logPath }) })}\n`,
    );
    return status;
  }
}

/** A store that fails to give the last image out again is no reason not to build one. */
async function tryReuse(message: SandboxMessage, ports: Ports): Promise<readonly Artifact[] | undefined> {
  if (message.storeDirectory === undefined) return undefined;
  const { plan } = message;
  return reuseResult(
    {
      message,
      storeDirectory: message.storeDirectory,
      stage: () => stageHooks({ plan, elementSet: plan.elementSet, workspace }),
    },
    ports,
  );
}

function openStepPorts(
  message: SandboxMessage,
  ports: Ports,
  target: Target,
  layers: TreeLayers | undefined,
): StepPorts {
  const { request, layoutSpec } = message.plan;
  return {
    ...ports,
    target,
    ...(layers === undefined ? {} : { layers }),
    async sourceEnvironment(sourceOptions) {
      return (await sourceEnvironment(sourceOptions, ports.programs)).values;
    },
    measureTree: () =>
      measureTree(
        {
          treeDirectory: workspace.treeDirectory,
          mountPoints: (layoutSpec?.mounts ?? []).map((mount) => mount.mountPoint).filter((path) => path !== 'none'),
          usageReport: request.usageReport,
        },
        ports,
      ),
    assembleDisk: (layout, bootFiles) =>
      assembleDisk(
        {
          layout,
          ...(bootFiles === undefined ? {} : { bootFiles }),
          treeDirectory: workspace.treeDirectory,
          imageDirectory: workspace.imageDirectory,
          workDirectory: workspace.scratchDirectory,
          ...(request.sourceDateEpochSeconds === undefined
            ? {}
            : { sourceDateEpochSeconds: request.sourceDateEpochSeconds }),
        },
        ports,
      ),
    ...loopDiskPorts(
      {
        workspace,
        ...(request.sourceDateEpochSeconds === undefined
          ? {}
          : { sourceDateEpochSeconds: request.sourceDateEpochSeconds }),
      },
      ports,
    ),
    writeArtifacts: (rawPath, diskMountPoints) =>
      writeArtifacts(
        {
          ...request,
          treeDirectory: workspace.treeDirectory,
          diskMountPoints,
          ...(rawPath === undefined ? {} : { rawDiskPath: rawPath }),
          cpuCount: message.cpuCount,
          scratchDirectory: workspace.scratchDirectory,
        },
        ports,
      ),
    runInteractively: (command) => ports.programs.run(command),
  };
}

async function writeManifest(details: {
  readonly message: SandboxMessage;
  readonly artifacts: readonly Artifact[];
  readonly report: Report;
}): Promise<void> {
  const { message, artifacts, report } = details;
  if (artifacts.length === 0) return;
  const path = `${message.plan.request.imagePath}.manifest.json`;
  const text = formatManifest({
    version: message.version,
    request: message.plan.request,
    elementSet: message.plan.elementSet,
    artifacts,
    summary: report.summary(),
  });
  await writeFile(`${path}.new`, text, { mode: 0o644 });
  await rename(`${path}.new`, path);
}

function interruption(thrown: unknown): BuildError {
  const known = faultsOf(thrown).find((fault) => fault.code === 'INTERRUPTED');
  return (
    known ??
    new BuildError({
      code: 'INTERRUPTED',
      message: 'the build was stopped',
      hint: 'nothing is left behind; an image of an earlier build is as it was',
      exitStatus: 130,
    })
  );
}

/** Whether any of the formats is made from a disk. */
export function needsDisk(formats: readonly string[]): boolean {
  return formats.some((format) => describeFormat(format).source === 'disk');
}
