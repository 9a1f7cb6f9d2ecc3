import { statfs } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { formatBytes, mebibyte } from '../base/units.js';
import type { StepContext } from '../model/step-context.js';

/** Where a build writes, and how much fits there now. */
export interface Place {
  /** For people: what it is, and where. */
  readonly name: string;
  /** How to get more. */
  readonly hint: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** False: no further file can be made, whatever its size. */
  readonly hasFreeInodes: boolean;
}

/** What {@link measurePlaces} looks at. */
export interface PlacesOptions {
  readonly workspaceDirectory: string;
  readonly request: Pick<StepContext['plan']['request'], 'cacheDirectory' | 'temporaryDirectory' | 'isTmpfsRefused'>;
  /** What hooks in the tree write goes into the layer store. */
  readonly hasLayers: boolean;
}

/** Below this a place counts as full: what failed wanted more at once. */
const fullBelowBytes = mebibyte;

/** Measures the file systems that a build writes to. */
export async function measurePlaces(options: PlacesOptions): Promise<readonly Place[]> {
  const { request, workspaceDirectory, hasLayers } = options;
  const isTmpfs = (await statfs(workspaceDirectory).catch(() => undefined))?.type === tmpfsMagic;
  // TMPDIR may be a tmpfs, too.
  const isInMemory = isTmpfs && !request.isTmpfsRefused;
  const places: readonly (readonly [directory: string, name: string, hint: string])[] = [
    hasLayers
      ? [
          request.cacheDirectory,
          `the layer store ${request.cacheDirectory}/layers`,
          'free space there, run dib layers gc, choose another --image-cache, or build with --cache=off',
        ]
      : [
          request.cacheDirectory,
          `the cache directory ${request.cacheDirectory}`,
          'free space there, or choose another --image-cache',
        ],
    isInMemory
      ? [workspaceDirectory, 'the workspace in memory', 'work on disk: --no-tmpfs, with space at TMPDIR']
      : [workspaceDirectory, `the workspace in ${request.temporaryDirectory}`, 'name another place in TMPDIR'],
  ];
  const measured = await Promise.all(
    places.map(async ([directory, name, hint]) => {
      const status = await statfs(directory).catch(() => undefined);
      if (status === undefined) return undefined;
      const { bavail, blocks, bsize, ffree, files } = status;
      return {
        name,
        hint,
        freeBytes: bavail * bsize,
        totalBytes: blocks * bsize,
        hasFreeInodes: files === 0 || ffree > 0,
      };
    }),
  );
  return measured.filter((place) => place !== undefined);
}

/** TMPFS_MAGIC, linux/magic.h */
const tmpfsMagic = 0x01021994;

/**
 * The fault when something failed for want of space: a place is full, or the program said so.
 *
 * @param what what wanted the space
 * @param lines what the program said last
 */
export function findMissingSpace(failed: {
  readonly what: string;
  readonly lines: readonly string[];
  readonly places: readonly Place[];
  readonly exitStatus?: number;
}): BuildError | undefined {
  const { what, lines, places } = failed;
  const full = places.filter((place) => place.freeBytes < fullBelowBytes || !place.hasFreeInodes);
  // The kernel uses the same words for other things that run out.
  const said = lines.find((line) => /No space left on device|Disk quota exceeded/.test(line) && !/inotify/.test(line));
  if (full.length === 0 && said === undefined) return undefined;
  const named = full.length === 0 ? places : full;
  return new BuildError({
    code: 'SPACE_MISSING',
    message: [
      `no space left for ${what}: ${named.map(describePlace).join('; ')}`,
      ...(said === undefined ? [] : [`  ${said.trim()}`]),
    ].join('\n'),
    hint: named.map((place) => place.hint).join('; '),
    ...(failed.exitStatus === undefined ? {} : { exitStatus: failed.exitStatus }),
  });
}

/** The same for an error that the engine itself met; other errors stay what they are. */
export async function withMissingSpace(error: unknown, options: PlacesOptions): Promise<unknown> {
  if (!hasErrorCode(error, 'ENOSPC') && !hasErrorCode(error, 'EDQUOT')) return error;
  const message = error instanceof Error ? error.message : String(error);
  const { path } = error as { readonly path?: unknown };
  return (
    findMissingSpace({
      what: typeof path === 'string' ? path : 'the build',
      lines: [`No space left on device: ${message}`],
      places: await measurePlaces(options),
    }) ?? error
  );
}

function describePlace(place: Place): string {
  const inodes = place.hasFreeInodes ? '' : ', no inode free';
  return `${formatBytes(place.freeBytes)} of ${formatBytes(place.totalBytes)} free in ${place.name}${inodes}`;
}
