import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import { missingPrograms, needsRoot } from './disk-ports.js';

/** The reason why images cannot be mounted here; false when they can. */
export const cannotMount: string | false =
  needsRoot || missingPrograms('unshare', 'mount') || (existsSync('/dev/loop-control') ? false : 'no loop devices');

/** What the kernel finds in an image. */
export interface MountedImage {
  /** As `describeTree` gives them, with times when asked for. */
  readonly lines: readonly string[];
  /** Blocks of 512 bytes of `/var/sparse`. */
  readonly sparseBlocks: number;
  /** Mode and owner of the root directory. */
  readonly root: string;
}

/** Mounts a file system of a raw file read-only, in a mount namespace that ends with it. */
export async function describeImage(
  imagePath: string,
  options: { readonly directory: string; readonly offsetBytes?: number; readonly hasTimes?: boolean },
): Promise<MountedImage> {
  const { directory, offsetBytes = 0, hasTimes = true } = options;
  const mountDirectory = join(directory, 'mounted');
  await mkdir(mountDirectory, { recursive: true });
  const script = 'mount -o "ro,loop,offset=$1" "$2" "$3"; shift 3; exec "$@"';
  const worker = join(packageDirectory, 'test/disk/mounted-image-worker.ts');
  const words = [process.execPath, '--import', 'tsx', worker, mountDirectory, String(hasTimes)];
  const text = execFileSync(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-euc',
      script,
      'sh',
      String(offsetBytes),
      imagePath,
      mountDirectory,
      ...words,
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  return JSON.parse(text);
}
