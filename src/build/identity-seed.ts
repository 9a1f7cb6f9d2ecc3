import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { digestOfFields } from '../base/digest.js';
import type { BuildPlan } from '../model/plan.js';

/**
 * The seed of a build's identifiers. With `SOURCE_DATE_EPOCH` it follows from the request; with the cache it is random,
 * made once for each image path, element list, release and layout, and kept in the store: the same image gets the same
 * UUIDs again, so that hooks which read them can be reused, and two images never share them. `--cache=fresh` makes a new
 * one. Undefined: random ones each time.
 */
export async function chooseIdentitySeed(
  plan: BuildPlan,
  options: { readonly storeDirectory: string; readonly newSeed: () => string },
): Promise<string | undefined> {
  const { request, elementSet } = plan;
  if (request.sourceDateEpochSeconds !== undefined)
    return `${request.sourceDateEpochSeconds}:${request.imageName}:${elementSet.digest}`;
  if (request.cacheMode === 'off') return undefined;
  const name = digestOfFields([
    request.imagePath,
    ...request.elements,
    request.architecture,
    plan.environment.values.DIB_RELEASE ?? '',
    JSON.stringify([plan.layoutSpec?.flatConfig, request.rootFileSystem]),
  ]).slice(0, 32);
  const directory = `${options.storeDirectory}/seeds`;
  const path = `${directory}/${name}`;
  const known = request.cacheMode === 'fresh' ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined && known.length > 0) return known;
  const seed = options.newSeed();
  try {
    // Others may have stores below the same directory: only this one is private.
    await mkdir(dirname(dirname(options.storeDirectory)), { recursive: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.${seed}`, seed, { mode: 0o600 });
    await rename(`${path}.${seed}`, path);
  } catch {
    // A store that cannot be written is told of where it is opened.
  }
  return seed;
}
