import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from './case.js';
import type { Assignment, Contestant } from './contestants/contestant.js';
import { discard } from './discard.js';
import {
  comparePackages,
  formatPackageDifferences,
  type PackageVersions,
  readImagePackages,
} from './installed-packages.js';
import { listStaleLoopDevices, releaseLoopDevice } from './loop-devices.js';
import type { Measurement } from './report.js';
import { runTimed, type TimedRun } from './timed-run.js';

const buildTimeoutMs = 30 * 60_000;

/** What the alternating builds found. */
export interface BuildMeasurements {
  /** Wall seconds under the contestant's name, processor seconds with `, processor` after it. */
  readonly measurements: readonly Measurement[];
  /** The largest resident set of a Node process of each round, for contestants that have any. */
  readonly nodePeakBytes: ReadonlyMap<string, readonly number[]>;
  /** Versions, package differences, and who cannot take part. */
  readonly notes: readonly string[];
}

/** A contestant that ran once, unmeasured. */
interface Runner {
  readonly contestant: Contestant;
  readonly packages: PackageVersions;
  readonly runs: TimedRun[];
}

/**
 * Builds the same with several tools in turn: first one unmeasured round, which fills the package cache and shows who can
 * run here and what each installs, then the measured rounds, each beginning with another tool.
 *
 * @throws Error when the first contestant, which is ours, fails
 */
export async function measureBuilds(
  context: BenchContext,
  { contestants, elements }: { readonly contestants: readonly Contestant[]; readonly elements: readonly string[] },
): Promise<BuildMeasurements> {
  const { archives, proxy } = await context.openArchives();
  const notes: string[] = [];
  const runners: Runner[] = [];
  const assign = (): Assignment => ({
    directory: mkdtempSync(join(context.scratchDirectory, 'build-')),
    release: context.release,
    elements,
    archives,
    proxyUrl: proxy.url,
    packageNames: [...(runners[0]?.packages.keys() ?? [])].map((name) => name.replace(/:.*$/, '')),
  });

  for (const contestant of contestants) {
    if (contestant.word !== undefined && !context.against.includes(contestant.word)) continue;
    const found = contestant.find();
    if ('reason' in found) {
      notes.push(`${contestant.name} cannot run here: ${found.reason}`);
      continue;
    }
    notes.push(`${contestant.name}: ${found.version}`);
    const assignment = assign();
    try {
      const run = await buildOnce({ context, contestant, assignment, round: 'unmeasured' });
      if (run.exitStatus === 0) {
        const packages = readImagePackages(join(assignment.directory, contestant.imageName));
        runners.push({ contestant, packages, runs: [] });
      } else if (contestant === contestants[0]) {
        throw new Error(`${contestant.name} failed: ${lastWords(assignment.directory)}`);
      } else {
        notes.push(`${contestant.name} cannot run here: ${lastWords(assignment.directory)}`);
      }
    } finally {
      await discard(assignment.directory, context);
    }
  }

  proxy.takeCounts();
  for (let round = 0; round < context.rounds; round += 1) {
    for (let turn = 0; turn < runners.length; turn += 1) {
      const runner = runners[(round + turn) % runners.length];
      if (runner === undefined) continue;
      const assignment = assign();
      try {
        const { contestant } = runner;
        const run = await buildOnce({ context, contestant, assignment, round: `round ${round + 1}` });
        if (run.exitStatus !== 0) throw new Error(`${contestant.name} failed: ${lastWords(assignment.directory)}`);
        runner.runs.push(run);
      } finally {
        await discard(assignment.directory, context);
      }
    }
  }
  const { hits, misses, tunnels } = proxy.takeCounts();
  notes.push(
    `package cache in the measured rounds: ${hits} files from the cache, ${misses} from the archive` +
      (tunnels === 0 ? '' : `, ${tunnels} encrypted connections uncached`),
  );
  const [reference, ...others] = runners;
  for (const other of others)
    if (reference !== undefined)
      notes.push(
        ...formatPackageDifferences(comparePackages(reference.packages, other.packages), {
          left: reference.contestant.name,
          right: other.contestant.name,
        }),
      );
  return {
    measurements: runners.flatMap(toMeasurements),
    nodePeakBytes: new Map(
      runners.map(({ contestant, runs }) => [contestant.name, runs.map((run) => run.nodePeakBytes)]),
    ),
    notes,
  };
}

async function buildOnce({
  context,
  contestant,
  assignment,
  round,
}: {
  readonly context: BenchContext;
  readonly contestant: Contestant;
  readonly assignment: Assignment;
  readonly round: string;
}): Promise<TimedRun> {
  mkdirSync(assignment.directory, { recursive: true });
  const run = await runTimed({
    command: contestant.prepare(assignment),
    logPath: join(assignment.directory, 'bench.log'),
    timeoutMs: buildTimeoutMs,
  });
  if (run.exitStatus !== 0) listStaleLoopDevices().forEach(releaseLoopDevice);
  context.say(
    `${round}: ${contestant.name} ${run.wallSeconds.toFixed(1)} s, load before ${run.loadBefore.toFixed(1)}` +
      (run.exitStatus === 0 ? '' : `, exit status ${run.exitStatus}`),
  );
  return run;
}

function toMeasurements({ contestant, runs }: Runner): readonly Measurement[] {
  const loads = runs.map((run) => run.loadBefore);
  return [
    { name: contestant.name, unit: 's', values: runs.map((run) => run.wallSeconds), loads },
    { name: `${contestant.name}, processor`, unit: 's', values: runs.map((run) => run.cpuSeconds), loads: [] },
  ];
}

function lastWords(directory: string): string {
  return findFailure(readFileSync(join(directory, 'bench.log'), 'utf8'));
}

/** Words of lines that tell a failure; names such as `liberror-perl` are none. */
const complaint =
  /(?<![\w-])(errors?|fail(ed|ure)?|cannot|could not|not found|no such|unable|denied|does not exist)(?![\w-])/i;

/** Lines of a Python traceback that lead to its message. */
const tracebackLine = /^(Traceback |File "|raise |During handling |\^+$)/;

/**
 * The part of a log that says why: of its last lines the first that complains, with the one before it, which often names
 * what was tried, and the last that complains; without any, the last line.
 */
export function findFailure(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.replace(/^[\d-]+ [\d:.]+ \| /, '').trim())
    .filter((line) => line !== '' && !tracebackLine.test(line))
    .slice(-80);
  const first = lines.findIndex((line) => complaint.test(line));
  if (first === -1) return lines.at(-1) ?? 'it said nothing';
  const last = lines.findLastIndex((line) => complaint.test(line));
  return [...new Set([Math.max(first - 1, 0), first, last])].map((index) => lines[index]).join(' | ');
}
