import { mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Below this files are removed at once, in bytes. */
const scarceBytes = 24 * 2 ** 30;

/**
 * Takes a directory out of the way of the next measured run.
 *
 * While there is room its files stay, in `discarded` of the scratch directory, for the end: to remove them makes the next
 * run slower. For half a minute ext4 without a journal passes over each inode that was freed, and looks for another.
 */
export function discard(
  path: string,
  { scratchDirectory, freeBytes = freeBytesOf(scratchDirectory) }: { scratchDirectory: string; freeBytes?: number },
): void {
  if (freeBytes < scarceBytes) {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  const discarded = join(scratchDirectory, 'discarded');
  mkdirSync(discarded, { recursive: true });
  renameSync(path, join(mkdtempSync(`${discarded}/`), 'files'));
}

function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
