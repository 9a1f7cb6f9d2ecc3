import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import type { BenchCase } from '../case.js';
import { ask } from '../contestants/find-program.js';
import { makeOrdinaryElement } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import { runTimed } from '../timed-run.js';

const elementCount = 40;
/** A plan is quick, so it is made several times a round. */
const plansPerRound = 5;

/** `dib plan` of a request that resolves to 40 elements. */
export const plan: BenchCase = {
  name: 'plan',
  run: async (context) => {
    const elementsDirectory = mkdtempSync(join(context.scratchDirectory, 'elements-'));
    const environment = {
      PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: elementsDirectory,
      ELEMENTS_PATH: elementsDirectory,
      DIB_RELEASE: context.release,
    };
    const dib = join(packageDirectory, 'bin/dib');
    const requested = ['vm', 'debian-minimal'];
    const resolved = JSON.parse(ask(dib, 'plan', '--json', '--show', 'elements', ...requested)) as readonly unknown[];
    const made = elementCount - resolved.length;
    for (let index = 0; index < made; index += 1) {
      const name = `ordinary-${index}`;
      makeOrdinaryElement(elementsDirectory, name);
      requested.push(name);
    }
    const seconds: number[] = [];
    const loads: number[] = [];
    const megabytes: number[] = [];
    for (let index = 0; index < context.rounds * plansPerRound; index += 1) {
      const logPath = join(elementsDirectory, '.log');
      const run = await runTimed({
        command: {
          arguments: [dib, 'plan', ...requested],
          environment,
          workingDirectory: elementsDirectory,
        },
        logPath,
        timeoutMs: 60_000,
      });
      if (run.exitStatus !== 0) throw new Error(`dib plan failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
      seconds.push(run.wallSeconds);
      loads.push(run.loadBefore);
      megabytes.push(run.nodePeakBytes / 1e6);
    }
    rmSync(elementsDirectory, { recursive: true });
    return {
      name: 'plan',
      title: `dib plan of ${elementCount} elements (vm debian-minimal with base, and ${made} with three hooks and an environment file each)`,
      measurements: [
        { name: 'dib plan', unit: 's', values: seconds, loads },
        { name: 'its Node process', unit: 'MB', values: megabytes, loads: [] },
      ],
      comparisons: [],
      limits: [
        { name: 'dib plan', atMost: 0.5 },
        { name: 'its Node process', atMost: 200 },
      ],
      notes: [],
    };
  },
};
