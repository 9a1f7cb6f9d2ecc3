import { mkdirSync, mkdtempSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Below this what was discarded is removed, in bytes. */
const scarceBytes = 24 * 2 ** 30;

/** How long ext4 without a journal passes over each inode that was freed, and looks for another; with some reserve. */
const settleMs = 45_000;

/** Where files lie, and for tests what is known of the disk. */
export interface DiscardOptions {
  readonly scratchDirectory: string;
  readonly freeBytes?: number;
  readonly settleMs?: number;
}

/**
 * Takes a directory out of the way of the next measured run.
 *
 * While there is room its files stay, in `discarded` of the scratch directory: to remove them makes the next run slower.
 * Where there is little, all that was discarded is removed at once, and the next run waits until that is past.
 */
export async function discard(path: string, options: DiscardOptions): Promise<void> {
  const { scratchDirectory } = options;
  const discarded = join(scratchDirectory, 'discarded');
  mkdirSync(discarded, { recursive: true });
  renameSync(path, join(mkdtempSync(`${discarded}/`), 'files'));
  if ((options.freeBytes ?? freeBytesOf(scratchDirectory)) >= scarceBytes) return;
  rmSync(discarded, { recursive: true, force: true });
  await setTimeout(options.settleMs ?? settleMs);
}

function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
