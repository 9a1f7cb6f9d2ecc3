import { digestOfFields } from '../base/digest.js';
import type { Decision } from './layer-record.js';
import { readSealed, writeSealed } from './layer-store.js';

/** What the last build of an image decided. */
export interface BuildDecisions {
  readonly imagePath: string;
  readonly startedMs: number;
  readonly outcome: 'done' | 'failed';
  readonly decisions: readonly Decision[];
  /** Layers in use at the end, bottom first. */
  readonly stack: readonly string[];
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

function pathOf(storeDirectory: string, imagePath: string): string {
  return `${storeDirectory}/builds/${digestOfFields([imagePath]).slice(0, 32)}.json`;
}
