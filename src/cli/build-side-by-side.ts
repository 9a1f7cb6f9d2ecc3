import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../base/units.js';
import { runOwnProgram } from '../build/run-own-program.js';
import { parseAvailableBytes } from '../harness/parse-available-bytes.js';
import { readPastDuration, sortLongestFirst } from '../harness/past-duration.js';
import { buildMemoryBytes, runJobs } from '../harness/run-jobs.js';
import { jobSlotsVariable } from '../layers/job-slot.js';
import { startReaper } from '../process/reaper.js';
import { absolutePath } from '../request/absolute-path.js';
import { commandOfImage, type ImageCommand } from '../request/image-command.js';
import type { MergedImage } from '../request/merge-image-definitions.js';
import { formatImageCommand } from './format-image-command.js';
import type { ImageOutcome } from './image-outcome.js';
import type { World } from './world.js';

/** Builds that wait for others take little: a process, and no tree yet. */
const startedPerSlot = 4;

/** What a build on disk takes in memory: its programs and the file cache that it cannot do without. */
const diskBuildMemoryBytes = buildMemoryBytes / 5;

/**
 * Builds images side by side, each by a program of its own whose lines begin with the name of the image.
 *
 * The longest starts first, by what the manifest of an earlier build says; an image without one is taken for longest.
 * As many work as were asked for, as there are processors, and as fit into the memory that is free. More are started:
 * one that waits for what another one makes lends its place, so that images which share their first steps do not keep
 * those that have nothing in common from being built.
 *
 * @returns how the images ended, in their order; undefined for those that were not started
 */
export async function buildSideBySide(options: {
  readonly images: readonly MergedImage[];
  readonly world: World;
  readonly maximumJobs: number;
  readonly stopsOnFailure: boolean;
}): Promise<readonly (ImageOutcome | undefined)[]> {
  const { images, world } = options;
  const stop = new AbortController();
  world.onStopSignal(() => stop.abort());
  const jobs = await Promise.all(
    images.map(async (image) => ({
      name: image.name,
      memoryBytes: image.definition['no-tmpfs'] === true ? diskBuildMemoryBytes : buildMemoryBytes,
      command: commandOfImage(image.definition, world),
      pastDurationMs: await findPastDuration(image, world),
    })),
  );
  const slotCount = Math.max(1, Math.min(options.maximumJobs, world.cpuCount));
  const slotsDirectory = await mkdtemp(join(tmpdir(), 'dib-jobs-'));
  // Also when we are killed.
  const reaper = startReaper({
    directory: slotsDirectory,
    prefix: [],
    environment: { PATH: world.environment.PATH ?? '' },
  });
  try {
    const outcomes = await runJobs({
      jobs: sortLongestFirst(jobs, (job) => job.pastDurationMs),
      // With one slot nothing is gained by starting more, and after a failure none are to be started.
      maximumJobs: slotCount === 1 || options.stopsOnFailure ? slotCount : slotCount * startedPerSlot,
      availableBytes: async () => parseAvailableBytes(await readFile('/proc/meminfo', 'utf8').catch(() => '')),
      run: ({ name, command }) =>
        buildOne({ name, command, world, slots: `${slotCount}:${slotsDirectory}`, signal: stop.signal }),
      stopsAfter: ({ status }) => stop.signal.aborted || (options.stopsOnFailure && status !== 0),
    });
    return jobs.map((job) => outcomes.get(job));
  } finally {
    await reaper.reap();
  }
}

async function buildOne(build: {
  readonly name: string;
  readonly command: ImageCommand;
  readonly world: World;
  /** As builds are told of them. */
  readonly slots: string;
  readonly signal: AbortSignal;
}): Promise<ImageOutcome> {
  const { name, command, world } = build;
  world.writeError(`[${name}] ${formatImageCommand(command)}\n`);
  const { exitStatus, durationMs } = await runOwnProgram({
    programName: command.programName,
    arguments: command.arguments,
    environment: { ...world.environment, ...command.environment, [jobSlotsVariable]: build.slots },
    workingDirectory: world.workingDirectory,
    nodePath: world.nodePath,
    onLine: (text, stream) => (stream === 'stdout' ? world.writeOut : world.writeError)(`[${name}] ${text}\n`),
    signal: build.signal,
  });
  const outcome = exitStatus === 0 ? 'built in' : `failed (${exitStatus}) after`;
  world.writeError(`[${name}] ${outcome} ${formatDuration(durationMs)}\n`);
  return { status: exitStatus, durationMs };
}

/** With one type the extension may be part of the name. */
async function findPastDuration({ name, definition }: MergedImage, world: World): Promise<number | undefined> {
  const [type, ...others] = definition.types ?? ['qcow2'];
  const isExtension = type !== undefined && others.length === 0 && name.endsWith(`.${type}`);
  const imageName = isExtension ? name.slice(0, -type.length - 1) : name;
  const path = `${absolutePath(imageName, world)}.manifest.json`;
  // A guide only: whatever is wrong with it, the build will not need it.
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : readPastDuration(text);
}
