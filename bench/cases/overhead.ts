import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import type { BenchCase, BenchContext } from '../case.js';
import { original, originalProgram } from '../contestants/original.js';
import { oursProgram } from '../contestants/ours.js';
import { makeIdleElement } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import type { Measurement } from '../report.js';
import { runTimed } from '../timed-run.js';

const hookCount = 200;
const timeoutMs = 10 * 60_000;

/** An operating system that is copied from this machine in a second: a shell and the file tools. */
const littleSystem = join(packageDirectory, 'test/fixtures/elements/third-party');

/** A way to run hooks. */
interface Variant {
  readonly name: string;
  readonly program: string;
  readonly flags: readonly string[];
  readonly phase: string;
  /** Builds twice with one cache and measures the second. */
  readonly isWarm: boolean;
}

/** What a hook costs that does nothing: builds with and without 200 of them, in turn. */
export const overhead: BenchCase = {
  name: 'overhead',
  run: async (context) => {
    const elementsDirectory = mkdtempSync(join(context.scratchDirectory, 'elements-'));
    const places = [
      { place: 'in the chroot', phase: 'install.d' },
      { place: 'on the host', phase: 'extra-data.d' },
    ];
    for (const { phase } of places)
      makeIdleElement({ elementsDirectory, name: `idle-${phase.replace('.d', '')}`, phase, hookCount });
    const ours = (place: string, phase: string, cache: 'off' | 'on' | 'warm'): Variant => ({
      name: `hook ${place}, ${cache === 'warm' ? 'second build with --cache=on' : `--cache=${cache}`}`,
      program: oursProgram,
      flags: [cache === 'off' ? '--cache=off' : '--cache=on'],
      phase,
      isWarm: cache === 'warm',
    });
    const isOriginalHere = 'version' in original.find();
    const variants: readonly Variant[] = places.flatMap(({ place, phase }) => [
      ours(place, phase, 'off'),
      ours(place, phase, 'on'),
      ours(place, phase, 'warm'),
      ...(isOriginalHere
        ? [{ name: `hook ${place}, original`, program: originalProgram(), flags: [], phase, isWarm: false }]
        : []),
    ]);

    const perHook = new Map<string, { values: number[]; loads: number[] }>();
    const failures: string[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      for (const variant of variants) {
        if (failures.some((failure) => failure.startsWith(`${variant.name} `))) continue;
        try {
          const without = await build(context, { variant, elementsDirectory, elements: [] });
          const withHooks = await build(context, {
            variant,
            elementsDirectory,
            elements: [`idle-${variant.phase.replace('.d', '')}`],
          });
          const milliseconds = ((withHooks.wallSeconds - without.wallSeconds) * 1000) / hookCount;
          context.say(`round ${round + 1}: ${variant.name} ${milliseconds.toFixed(2)} ms`);
          const entry = perHook.get(variant.name) ?? { values: [], loads: [] };
          entry.values.push(milliseconds);
          entry.loads.push(withHooks.loadBefore);
          perHook.set(variant.name, entry);
        } catch (error) {
          if (variant.program === oursProgram) throw error;
          failures.push(`${variant.name} cannot run here: ${(error as Error).message}`);
        }
      }
    }
    rmSync(elementsDirectory, { recursive: true });
    const measurements = [...perHook].map(
      ([name, { values, loads }]): Measurement => ({ name, unit: 'ms', values, loads }),
    );
    return {
      name: 'overhead',
      title: `what a hook costs that does nothing: (build with ${hookCount} hooks - build without) / ${hookCount}`,
      measurements,
      comparisons: places.map(({ place }) => ({
        ours: `hook ${place}, --cache=on`,
        theirs: `hook ${place}, original`,
      })),
      limits: variants.filter(({ program }) => program === oursProgram).map(({ name }) => ({ name, atMost: 15 })),
      notes: failures,
    };
  },
};

async function build(
  context: BenchContext,
  {
    variant,
    elementsDirectory,
    elements,
  }: { readonly variant: Variant; readonly elementsDirectory: string; readonly elements: readonly string[] },
): Promise<{ readonly wallSeconds: number; readonly loadBefore: number }> {
  const directory = mkdtempSync(join(context.scratchDirectory, 'overhead-'));
  const logPath = join(directory, 'bench.log');
  const run = () =>
    runTimed({
      command: {
        arguments: [
          variant.program === oursProgram ? 'env' : 'unshare',
          // What a failing build of the original leaves mounted goes with its namespace.
          ...(variant.program === oursProgram ? [] : ['--mount', '--propagation', 'private']),
          variant.program,
          ...variant.flags,
          // The original makes a disk even for an archive, and cannot fit its journal in one this small by itself.
          '--image-size',
          '1',
          '-n',
          '-t',
          'tar',
          '-o',
          join(directory, 'image'),
          'little-os',
          ...elements,
        ],
        environment: {
          PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
          HOME: directory,
          TMPDIR: directory,
          DIB_IMAGE_CACHE: join(directory, 'cache'),
          ELEMENTS_PATH: [elementsDirectory, littleSystem].join(delimiter),
        },
        workingDirectory: directory,
      },
      logPath,
      timeoutMs,
    });
  try {
    let measured = await run();
    if (variant.isWarm && measured.exitStatus === 0) measured = await run();
    if (measured.exitStatus !== 0)
      throw new Error(`${variant.program} failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
    return measured;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
