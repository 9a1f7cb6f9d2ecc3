import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import { isCacheEffective } from '../cache-probe.js';
import type { BenchCase } from '../case.js';
import { builderEnvironment, oursProgram } from '../contestants/ours.js';
import { discard } from '../discard.js';
import { makeOrdinaryElement } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import { type BenchCommand, runTimed, type TimedRun } from '../timed-run.js';

const timeoutMs = 60 * 60_000;
const releases = ['bookworm', 'trixie'];
const flavours = [['flavour-a'], ['flavour-b'], ['flavour-a', 'flavour-b']];

/** Two releases in three flavours: one `diskimage-builder` run against six builds that know nothing of each other. */
export const six: BenchCase = {
  name: 'six',
  run: async (context) => {
    const title = `six images (${releases.join(' and ')}, three flavours of vm debian-minimal), cold`;
    if (!isCacheEffective(context.scratchDirectory))
      return {
        name: 'six',
        title,
        measurements: [],
        comparisons: [],
        limits: [],
        notes: ['skipped: --cache=on has no effect here; a second build of the same image reused nothing'],
      };
    const { archives, proxy } = await context.openArchives();
    const directory = mkdtempSync(join(context.scratchDirectory, 'six-'));
    const elementsDirectory = join(directory, 'elements');
    for (const name of ['flavour-a', 'flavour-b']) makeOrdinaryElement(elementsDirectory, name);
    const images = releases.flatMap((release) =>
      flavours.map((flavour, index) => ({
        name: `${release}-${index}`,
        release,
        elements: ['vm', 'debian-minimal', ...flavour],
      })),
    );
    const environmentOf = (release: string, home: string): Record<string, string> => {
      mkdirSync(home, { recursive: true });
      return {
        ...builderEnvironment({
          directory: home,
          release,
          elements: [],
          archives,
          proxyUrl: proxy.url,
          packageNames: [],
        }),
        ELEMENTS_PATH: elementsDirectory,
      };
    };
    const measure = async (what: string, command: BenchCommand): Promise<TimedRun> => {
      const logPath = join(directory, 'bench.log');
      const run = await runTimed({ command, logPath, timeoutMs });
      context.say(`${what} ${run.wallSeconds.toFixed(1)} s, load before ${run.loadBefore.toFixed(1)}`);
      if (run.exitStatus !== 0) throw new Error(`${what} failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
      return run;
    };

    const together: TimedRun[] = [];
    const apart: { wallSeconds: number; loadBefore: number }[] = [];
    // Round 0 fills the package cache and is not counted.
    for (let round = 0; round <= context.rounds; round += 1) {
      const label = round === 0 ? 'unmeasured' : `round ${round}`;
      let wallSeconds = 0;
      let loadBefore = 0;
      for (const { name, release, elements } of images) {
        const home = join(directory, 'apart');
        const run = await measure(`${label}: ${name}`, {
          arguments: [oursProgram, '-t', 'qcow2', '-o', join(home, 'image'), ...elements],
          environment: environmentOf(release, home),
          workingDirectory: home,
        });
        if (wallSeconds === 0) loadBefore = run.loadBefore;
        wallSeconds += run.wallSeconds;
        await discard(home, context);
      }
      if (round > 0) apart.push({ wallSeconds, loadBefore });

      const home = join(directory, 'together');
      const environment = environmentOf('', home);
      const yamlPath = join(home, 'images.yaml');
      writeFileSync(
        yamlPath,
        JSON.stringify(
          images.map(({ name, release, elements }) => ({
            imagename: join(home, name),
            types: ['qcow2'],
            elements,
            environment: {
              DIB_RELEASE: release,
              DIB_APT_SOURCES_CONF: environmentOf(release, home).DIB_APT_SOURCES_CONF,
            },
          })),
        ),
      );
      const { DIB_RELEASE: _, DIB_APT_SOURCES_CONF: __, ...rest } = environment;
      const run = await measure(`${label}: all six`, {
        arguments: [join(packageDirectory, 'bin/diskimage-builder'), yamlPath],
        environment: rest,
        workingDirectory: home,
      });
      if (round > 0) together.push(run);
      await discard(home, context);
    }
    await discard(directory, context);
    return {
      name: 'six',
      title,
      measurements: [
        {
          name: 'one diskimage-builder run',
          unit: 's',
          values: together.map((run) => run.wallSeconds),
          loads: together.map((run) => run.loadBefore),
        },
        {
          name: 'six separate builds',
          unit: 's',
          values: apart.map((run) => run.wallSeconds),
          loads: apart.map((run) => run.loadBefore),
        },
      ],
      comparisons: [{ ours: 'one diskimage-builder run', theirs: 'six separate builds', goal: 0.5 }],
      limits: [],
      notes: [],
    };
  },
};
