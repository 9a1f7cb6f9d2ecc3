import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCacheEffective } from '../cache-probe.js';
import type { BenchCase, BenchContext } from '../case.js';
import type { Assignment } from '../contestants/contestant.js';
import { builderEnvironment, oursProgram } from '../contestants/ours.js';
import { discard } from '../discard.js';
import { makeOrdinaryElement, writeHook } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import type { Measurement } from '../report.js';
import { runTimed, type TimedRun } from '../timed-run.js';

const timeoutMs = 30 * 60_000;

/** Elements asked for beyond those that `vm debian-minimal` brings, which makes more than 20 in all. */
const ordinaryNames = Array.from({ length: 6 }, (_, index) => `ordinary-${index}`);

/** Small packages without dependencies that a minimal Debian lacks; each round adds the next one. */
const addedPackages = ['tree', 'pv', 'bc', 'jq', 'lsof', 'time', 'unzip', 'zip', 'rsync', 'patch'];

/** The part of the name under which the last in-chroot hook and the last element are kept. */
const lastElement = 'the-last';

/** Rebuilds of an image whose inputs changed a little, or not at all. */
export const warm: BenchCase = {
  name: 'warm',
  run: async (context) => {
    const title = `rebuilds of vm debian-minimal and ${ordinaryNames.length + 1} own elements to qcow2 (${context.release}), one cache for all`;
    if (!isCacheEffective(context.scratchDirectory))
      return {
        name: 'warm',
        title,
        measurements: [],
        comparisons: [],
        limits: [],
        notes: ['skipped: --cache=on has no effect here; a second build of the same image reused nothing'],
      };
    const { archives, proxy } = await context.openArchives();
    const directory = mkdtempSync(join(context.scratchDirectory, 'warm-'));
    const elementsDirectory = join(directory, 'elements');
    for (const name of ordinaryNames) makeOrdinaryElement(elementsDirectory, name);
    writeLastElement({ elementsDirectory, line: 'first', packages: [] });
    const assignment: Assignment = {
      directory,
      release: context.release,
      elements: ['vm', 'debian-minimal', ...ordinaryNames, lastElement],
      archives,
      proxyUrl: proxy.url,
      packageNames: [],
    };
    const build = (what: string): Promise<TimedRun> => buildOnce(context, { assignment, elementsDirectory, what });

    await build('unmeasured: cold');
    const cold: TimedRun[] = [];
    const line: TimedRun[] = [];
    const unchanged: TimedRun[] = [];
    const added: TimedRun[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      const label = `round ${round + 1}`;
      await discard(join(directory, 'cache'), context);
      cold.push(await build(`${label}: cold`));
      unchanged.push(await build(`${label}: nothing changed`));
      writeLastElement({ elementsDirectory, line: `of ${label}`, packages: [] });
      line.push(await build(`${label}: one line changed`));
      writeLastElement({
        elementsDirectory,
        line: `of ${label}`,
        packages: addedPackages.slice(0, 1 + (round % addedPackages.length)),
      });
      added.push(await build(`${label}: package added`));
      writeLastElement({ elementsDirectory, line: 'first', packages: [] });
    }
    await discard(directory, context);
    const references = ['vm', 'cold'].flatMap((caseName) =>
      context.earlierReports
        .filter(({ name }) => name === caseName)
        .flatMap(({ measurements }) => measurements)
        .filter(({ name }) => name === 'original')
        .map((measurement) => ({ caseName, measurement })),
    );
    const reference = references.at(0)?.measurement;
    const measurements: readonly Measurement[] = [
      toMeasurement('cold', cold),
      toMeasurement('one line changed in the last in-chroot hook', line),
      toMeasurement('package added to the last element', added),
      toMeasurement('nothing changed', unchanged),
      ...(reference === undefined ? [] : [{ ...reference, name: "the original's cold build" }]),
    ];
    const against = (ours: string, goal: number) => [
      { ours, theirs: 'cold' },
      { ours, theirs: "the original's cold build", goal },
    ];
    return {
      name: 'warm',
      title,
      measurements,
      comparisons: [
        ...against('one line changed in the last in-chroot hook', 0.06),
        ...against('package added to the last element', 0.15),
        ...against('nothing changed', 0.01),
      ],
      limits: [],
      notes: [
        reference === undefined
          ? "goals are relative to the original's cold build: run the case vm before this one"
          : `the original's cold build is that of the case ${references.at(0)?.caseName}`,
      ],
    };
  },
};

function writeLastElement({
  elementsDirectory,
  line,
  packages,
}: {
  readonly elementsDirectory: string;
  readonly line: string;
  readonly packages: readonly string[];
}): void {
  const directory = join(elementsDirectory, lastElement);
  makeOrdinaryElement(elementsDirectory, lastElement);
  writeFileSync(join(directory, 'element-deps'), 'package-installs\n');
  writeFileSync(
    join(directory, 'package-installs.yaml'),
    packages.length === 0 ? '{}\n' : packages.map((name) => `${name}:\n`).join(''),
  );
  writeHook(join(directory, 'finalise.d/99-zz-last'), `echo '${line}' > /etc/last-line\n`);
}

async function buildOnce(
  context: BenchContext,
  {
    assignment,
    elementsDirectory,
    what,
  }: { readonly assignment: Assignment; readonly elementsDirectory: string; readonly what: string },
): Promise<TimedRun> {
  const outputDirectory = join(assignment.directory, 'out');
  rmSync(outputDirectory, { recursive: true, force: true });
  mkdirSync(outputDirectory);
  const logPath = join(assignment.directory, 'bench.log');
  const run = await runTimed({
    command: {
      arguments: [
        oursProgram,
        '--cache=on',
        '-t',
        'qcow2',
        '-o',
        join(outputDirectory, 'image'),
        ...assignment.elements,
      ],
      environment: { ...builderEnvironment(assignment), ELEMENTS_PATH: elementsDirectory },
      workingDirectory: assignment.directory,
    },
    logPath,
    timeoutMs,
  });
  context.say(`${what} ${run.wallSeconds.toFixed(2)} s, load before ${run.loadBefore.toFixed(1)}`);
  if (run.exitStatus !== 0) throw new Error(`${what} failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
  return run;
}

function toMeasurement(name: string, runs: readonly TimedRun[]): Measurement {
  return {
    name,
    unit: 's',
    values: runs.map((run) => run.wallSeconds),
    loads: runs.map((run) => run.loadBefore),
  };
}
