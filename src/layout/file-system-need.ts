import { gibibyte, kibibyte, mebibyte } from '../base/units.js';
import type { FileSystemSpec, MountUsage } from '../model/layout.js';
import { smallestFitting } from './smallest-fitting.js';

/** What a file system is to hold. */
export interface FileSystemLoad {
  readonly usage: MountUsage;
  /** Options that mkfs will get; those that change space are read from them. */
  readonly options: readonly string[];
  /** Size of the ext journal in bytes for a file system of this size; absent: as mke2fs chooses. */
  readonly journalBytesFor?: (sizeBytes: number) => number;
}

/**
 * The bytes that a file system needs to hold a load, an estimate on the safe side.
 *
 * ext: inode tables, journal, 2 % for bitmaps, descriptors and indirect blocks, 4 MiB. xfs: at least 300 MiB (xfsprogs
 * 5.19 and later refuse less). btrfs: at least 114294784 (btrfs-progs 6.2). FAT: clusters of 8 KiB. Others: a quarter more.
 */
export function fileSystemNeedBytes(type: FileSystemSpec['type'], load: FileSystemLoad): number {
  const { contentBytes, inodeCount } = load.usage;
  switch (type) {
    case 'ext2':
    case 'ext3':
    case 'ext4':
      return (
        smallestFitting({ stepBytes: mebibyte }, (sizeBytes) => extHolds(type, sizeBytes, load)) ??
        Number.MAX_SAFE_INTEGER
      );
    case 'xfs':
      return Math.max(300 * mebibyte, Math.ceil(contentBytes * 1.03) + inodeCount * 640 + 80 * mebibyte);
    case 'btrfs':
      return Math.max(114294784, Math.ceil(contentBytes * 1.1) + inodeCount * 2048 + 100 * mebibyte);
    case 'vfat':
      return Math.ceil((contentBytes + inodeCount * 8 * kibibyte) * 1.02) + mebibyte;
    case 'swap':
      // mkswap refuses less than 10 pages of 4096.
      return 40 * kibibyte;
    default:
      return Math.ceil(contentBytes * 1.25) + 16 * mebibyte;
  }
}

/** Whether a file system of the size can hold the load; as {@link fileSystemNeedBytes} reckons. */
export function holdsLoad(type: FileSystemSpec['type'], sizeBytes: number, load: FileSystemLoad): boolean {
  // An ext file system below 512 MiB has more inodes than one just above, so the size itself is judged.
  return /^ext[234]$/.test(type) ? extHolds(type, sizeBytes, load) : sizeBytes >= fileSystemNeedBytes(type, load);
}

function extHolds(type: string, sizeBytes: number, { usage, options, journalBytesFor }: FileSystemLoad): boolean {
  // mke2fs.conf: below 512 MiB the usage type is small, with an inode for each 4096 bytes.
  const bytesPerInode = numberOption(options, 'i') ?? (sizeBytes < 512 * mebibyte ? 4096 : 16384);
  const inodes = numberOption(options, 'N') ?? Math.floor(sizeBytes / bytesPerInode);
  const inodeBytes = inodes * (numberOption(options, 'I') ?? 256);
  const journalBytes = type === 'ext2' ? 0 : (journalBytesFor ?? defaultJournalBytes)(sizeBytes);
  const freeBytes = sizeBytes - inodeBytes - journalBytes - sizeBytes * 0.02 - 4 * mebibyte;
  // The first 11 inodes are reserved.
  return freeBytes >= usage.contentBytes && inodes - 11 >= usage.inodeCount;
}

/** What mke2fs 1.47 chooses, continuous where it steps, so that more space never holds less. */
function defaultJournalBytes(sizeBytes: number): number {
  if (sizeBytes < 8 * mebibyte) return mebibyte;
  return Math.min(sizeBytes / 16, sizeBytes < 128 * gibibyte ? 256 * mebibyte : gibibyte);
}

/** The last value of a one-letter option that takes a number, `-i 4096` or `-i4096`. */
function numberOption(options: readonly string[], letter: string): number | undefined {
  const values = options.flatMap((option, index) => {
    const text = option === `-${letter}` ? options[index + 1] : option.startsWith(`-${letter}`) ? option.slice(2) : '';
    return text !== undefined && /^\d+$/.test(text) ? [Number(text)] : [];
  });
  return values.at(-1);
}
