import { mebibyte } from '../base/units.js';
import type { FileSystemSpec } from '../model/layout.js';
import { splitOptions } from './split-options.js';

/** What the command line and the target say about the options of the root file system. */
export interface RootOptionsRequest {
  /** `--mkfs-options`, one line; empty: none. */
  readonly mkfsOptions?: string | undefined;
  /** `DIB_JOURNAL_SIZE`, MiB; absent: 64, less on small file systems. */
  readonly journalSizeMib?: number | undefined;
  /** `--max-online-resize`, file system blocks. */
  readonly maximumOnlineResizeBlocks?: number | undefined;
  /** `DIB_RELEASE`; `trusty` cannot read checksummed metadata. */
  readonly targetRelease?: string | undefined;
}

/** What the original gives a journal. */
export const defaultJournalMib = 64;

/**
 * Options for the root file system of a size: resize limit, release, inode ratio and journal for ext4, then the
 * user's own, which win as the last ones.
 */
export function rootMkfsOptions(
  fileSystem: Pick<FileSystemSpec, 'type'>,
  sizeBytes: number,
  request: RootOptionsRequest,
): readonly string[] {
  const options: string[] = [];
  const { maximumOnlineResizeBlocks, targetRelease, mkfsOptions } = request;
  const isExt = /^ext[234]$/.test(fileSystem.type);
  if (isExt && maximumOnlineResizeBlocks !== undefined) options.push('-E', `resize=${maximumOnlineResizeBlocks}`);
  if (fileSystem.type === 'ext4') {
    if (targetRelease === 'trusty') options.push('-O', '^metadata_csum');
    options.push('-i', '4096');
    const journalMib = journalMibFor(sizeBytes, request.journalSizeMib);
    if (journalMib !== undefined) options.push('-J', `size=${journalMib}`);
  }
  return [...options, ...splitOptions(mkfsOptions ?? '')];
}

/**
 * The journal in MiB: as asked, else 64, but at most a quarter of the file system, since mke2fs refuses more than half.
 *
 * @returns undefined below 16 MiB, where mke2fs knows better whether there is a journal at all
 */
export function journalMibFor(sizeBytes: number, askedMib: number | undefined): number | undefined {
  if (askedMib !== undefined) return askedMib;
  if (sizeBytes < 16 * mebibyte) return undefined;
  return Math.min(defaultJournalMib, Math.floor(sizeBytes / 4 / mebibyte));
}
