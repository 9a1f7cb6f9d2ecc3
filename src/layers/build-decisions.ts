import { readdir } from 'node:fs/promises';
import { digestOfFields } from '../base/digest.js';
import type { Phase } from '../model/phase.js';
import type { Decision } from './layer-record.js';
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

/** All that is known of builds, newest first. */
export async function listBuilds(storeDirectory: string): Promise<readonly BuildDecisions[]> {
  const base = `${storeDirectory}/builds`;
  const names = (await readdir(base).catch(() => [])).filter(isSealedName);
  const builds = await Promise.all(names.map((name) => readSealed<BuildDecisions>(`${base}/${name}`)));
  return builds.filter((build) => build !== undefined).sort((left, right) => right.startedMs - left.startedMs);
}

function pathOf(storeDirectory: string, imagePath: string): string {
  return `${storeDirectory}/builds/${digestOfFields([imagePath]).slice(0, 32)}.json`;
}
