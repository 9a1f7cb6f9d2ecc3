import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { LayerEntry } from './layer-entry.js';

/**
 * The entries of a small layer, as `assets/sandbox/digest-layer --table` tells them, without starting programs, which
 * would take ten times as long.
 *
 * @returns undefined when something is in the way, such as a name that is not UTF-8: then the program must be asked
 */
export function readLayerTable(directory: string): readonly LayerEntry[] | undefined {
  const entries: LayerEntry[] = [];
  const visit = (path: string): void => {
    const full = path === '' ? directory : `${directory}/${path}`;
    const status = lstatSync(full, { bigint: true });
    entries.push(describeEntry(path, status, status.isSymbolicLink() ? readlinkSync(full) : ''));
    if (!status.isDirectory()) return;
    for (const name of readdirSync(full)) visit(path === '' ? name : `${path}/${name}`);
  };
  try {
    visit('');
  } catch {
    return undefined;
  }
  return entries.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}

function describeEntry(path: string, status: BigIntStats, linkText: string): LayerEntry {
  return {
    path,
    kind: kindOf(status),
    mode: (status.mode & 0o7777n).toString(8),
    userId: Number(status.uid),
    groupId: Number(status.gid),
    sizeBytes: Number(status.size),
    usedBytes: Number(status.blocks) * 512,
    linkCount: Number(status.nlink),
    inode: String(status.ino),
    modified: secondsOf(status.mtimeNs),
    linkText,
  };
}

function kindOf(status: BigIntStats): string {
  if (status.isFile()) return 'f';
  if (status.isDirectory()) return 'd';
  if (status.isSymbolicLink()) return 'l';
  if (status.isCharacterDevice()) return 'c';
  if (status.isBlockDevice()) return 'b';
  return status.isFIFO() ? 'p' : 's';
}

/** As `find -printf %T@`: ten digits after the point, the last one always 0. */
function secondsOf(timeNs: bigint): string {
  const nanoseconds = ((timeNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (timeNs - nanoseconds) / 1_000_000_000n;
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}0`;
}
