import { readdir } from 'node:fs/promises';
import { digestOfFields } from '../base/digest.js';
import type { Phase } from '../model/phase.js';
import type { Decision, StepTrace } from './layer-record.js';
import { isSealedName, readSealed, writeSealed } from './layer-store.js';

/** What the last build of an image decided. */
export interface BuildDecisions {
  readonly imagePath: string;
  readonly startedMs: number;
  readonly outcome: 'done' | 'failed';
  readonly decisions: readonly Decision[];
  /** Layers in use at the end, bottom first. */
  readonly stack: readonly string[];
  /** What the failed hook left: a directory of changes on top of that stack. */
  readonly failed?: { readonly phase: Phase; readonly hook: string; readonly directory: string };
}

/** Keeps what a build decided until the next one of the same image. */
export async function saveBuildDecisions(storeDirectory: string, build: BuildDecisions): Promise<void> {
  await writeSealed(pathOf(storeDirectory, build.imagePath), build);
}

/** What the last build of an image decided, or undefined. */
export async function readBuildDecisions(
  storeDirectory: string,
  imagePath: string,
): Promise<BuildDecisions | undefined> {
  return readSealed<BuildDecisions>(pathOf(storeDirectory, imagePath));
}

/** What the next build of the same image is compared with, so that it can tell what differs. */
export interface BuildTraces {
  /** In the order of the decisions. */
  readonly steps: readonly StepTrace[];
  /** The element of each file in the staging directory. */
  readonly owners: Readonly<Record<string, string>>;
  /** The environment file that set each variable. */
  readonly setBy: Readonly<Record<string, string>>;
}

/** Keeps what the steps of a build read and left until the next one of the same image. */
export async function saveBuildTraces(storeDirectory: string, imagePath: string, traces: BuildTraces): Promise<void> {
  await writeSealed(pathOf(storeDirectory, imagePath, 'traces'), traces);
}

/** What the steps of the last build of an image read and left; nothing when it is not known. */
export async function readBuildTraces(storeDirectory: string, imagePath: string): Promise<BuildTraces> {
  const traces = await readSealed<BuildTraces>(pathOf(storeDirectory, imagePath, 'traces'));
  return traces ?? { steps: [], owners: {}, setBy: {} };
}

/** All that is known of builds, newest first. */
export async function listBuilds(storeDirectory: string): Promise<readonly BuildDecisions[]> {
  const base = `${storeDirectory}/builds`;
  const names = (await readdir(base).catch(() => [])).filter(isSealedName);
  const builds = await Promise.all(names.map((name) => readSealed<BuildDecisions>(`${base}/${name}`)));
  return builds.filter((build) => build !== undefined).sort((left, right) => right.startedMs - left.startedMs);
}

function pathOf(storeDirectory: string, imagePath: string, kind: 'builds' | 'traces' = 'builds'): string {
  return `${storeDirectory}/${kind}/${digestOfFields([imagePath]).slice(0, 32)}.json`;
}
