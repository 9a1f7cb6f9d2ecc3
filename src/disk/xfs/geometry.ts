import { BuildError } from '../../base/build-error.js';
import { crc32c } from '../crc32c.js';

/** What the superblock says about where things lie. */
export interface XfsGeometry {
  readonly blockSizeBytes: number;
  readonly inodeSizeBytes: number;
  readonly sectorSizeBytes: number;
  readonly groupCount: number;
  readonly groupBlocks: number;
  /** Bits of a file system block number that count within its group. */
  readonly groupBlocksLog: number;
  readonly inodesPerBlockLog: number;
  /** In blocks; where a chunk of 64 inodes may start. */
  readonly inodeAlignmentBlocks: number;
  readonly rootInode: number;
  readonly uuid: Buffer;
  readonly hasBigTimes: boolean;
  readonly hasLargeExtentCounts: boolean;
  readonly hasSparseInodes: boolean;
  readonly hasFreeInodeTree: boolean;
  readonly hasInodeTreeCounts: boolean;
}

const readOnlyFreeInodeTree = 0x1;
const readOnlyReflink = 0x4;
const readOnlyInodeTreeCounts = 0x8;
const incompatibleFileType = 0x1;
const incompatibleSparseInodes = 0x2;
const incompatibleMetaUuid = 0x4;
const incompatibleBigTime = 0x8;
const incompatibleLargeExtentCounts = 0x20;

const knownReadOnly = readOnlyFreeInodeTree | readOnlyReflink | readOnlyInodeTreeCounts;
const knownIncompatible =
  incompatibleFileType | incompatibleSparseInodes | incompatibleBigTime | incompatibleLargeExtentCounts;

/**
 * Reads the superblock of a new XFS.
 *
 * @throws BuildError `FILE_SYSTEM_UNSUPPORTED` when it has features that we cannot fill in: version 4, reverse mapping,
 * large directory blocks, a realtime section, or ones that came later
 * @see Linux `fs/xfs/libxfs/xfs_format.h`, `struct xfs_dsb`
 */
export function parseXfsGeometry(superblock: Buffer): XfsGeometry {
  if (superblock.toString('latin1', 0, 4) !== 'XFSB') throw new Error('Internal error: not an XFS');
  const readOnly = superblock.readUInt32BE(212);
  const incompatible = superblock.readUInt32BE(216);
  const faults = [
    ...((superblock.readUInt16BE(100) & 0xf) === 5 ? [] : ['version 4 (crc=0)']),
    ...((readOnly & ~knownReadOnly) === 0 ? [] : [`read-only features 0x${(readOnly & ~knownReadOnly).toString(16)}`]),
    ...((incompatible & ~knownIncompatible) === 0 || (incompatible & incompatibleMetaUuid) !== 0
      ? []
      : [`features 0x${(incompatible & ~knownIncompatible).toString(16)}`]),
    ...((incompatible & incompatibleFileType) !== 0 ? [] : ['directories without file types (ftype=0)']),
    ...(superblock[192] === 0 ? [] : ['directory blocks larger than a block (-n size, or -b size below 4096)']),
    ...(superblock.readBigUInt64BE(16) === 0n ? [] : ['a realtime section']),
  ];
  if (faults.length > 0)
    throw new BuildError({
      code: 'FILE_SYSTEM_UNSUPPORTED',
      message: `an XFS with ${faults.join(', ')} cannot be filled in user space`,
      hint: 'remove these mkfs options, or use DIB_DISK_MODE=loop',
    });
  return {
    blockSizeBytes: superblock.readUInt32BE(4),
    inodeSizeBytes: superblock.readUInt16BE(104),
    sectorSizeBytes: superblock.readUInt16BE(102),
    groupCount: superblock.readUInt32BE(88),
    groupBlocks: superblock.readUInt32BE(84),
    groupBlocksLog: superblock[124] ?? 0,
    inodesPerBlockLog: superblock[123] ?? 0,
    inodeAlignmentBlocks: Math.max(superblock.readUInt32BE(180), 1),
    rootInode: Number(superblock.readBigUInt64BE(56)),
    uuid: Buffer.from(superblock.subarray(32, 48)),
    hasBigTimes: (incompatible & incompatibleBigTime) !== 0,
    hasLargeExtentCounts: (incompatible & incompatibleLargeExtentCounts) !== 0,
    hasSparseInodes: (incompatible & incompatibleSparseInodes) !== 0,
    hasFreeInodeTree: (readOnly & readOnlyFreeInodeTree) !== 0,
    hasInodeTreeCounts: (readOnly & readOnlyInodeTreeCounts) !== 0,
  };
}

/** A place in one allocation group. */
export interface GroupBlock {
  readonly group: number;
  readonly block: number;
}

/** The number by which extents name a block: group and block side by side, with gaps between groups. */
export function fileSystemBlock(geometry: XfsGeometry, { group, block }: GroupBlock): number {
  return group * 2 ** geometry.groupBlocksLog + block;
}

/** Where a block lies, in bytes from the start of the file system. */
export function blockOffsetBytes(geometry: XfsGeometry, { group, block }: GroupBlock): number {
  return (group * geometry.groupBlocks + block) * geometry.blockSizeBytes;
}

/** A block's address as its own header repeats it: in units of 512 bytes. */
export function blockAddress512(geometry: XfsGeometry, place: GroupBlock): bigint {
  return BigInt(blockOffsetBytes(geometry, place) / 512);
}

/** Where an inode lies, in bytes from the start of the file system. */
export function inodeOffsetBytes(geometry: XfsGeometry, inode: number): number {
  const group = Math.floor(inode / 2 ** (geometry.groupBlocksLog + geometry.inodesPerBlockLog));
  const inGroup = inode % 2 ** (geometry.groupBlocksLog + geometry.inodesPerBlockLog);
  return blockOffsetBytes(geometry, { group, block: 0 }) + inGroup * geometry.inodeSizeBytes;
}

/** Puts the CRC-32C of a structure into it: little endian, unlike everything else in XFS. */
export function sealXfs(bytes: Buffer, checksumOffset: number): Buffer {
  bytes.writeUInt32LE(0, checksumOffset);
  bytes.writeUInt32LE(~crc32c(bytes, 0xffff_ffff) >>> 0, checksumOffset);
  return bytes;
}
