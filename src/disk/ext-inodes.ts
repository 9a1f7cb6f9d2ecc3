import { type FileHandle, open } from 'node:fs/promises';
import { crc32c } from './crc32c.js';

/** One used inode, changed in place. All times are in seconds since 1970; fractions become 0. */
export interface ExtInode {
  setMode(mode: number): void;
  setOwner(userId: number, groupId: number): void;
  modificationSeconds(): number;
  setModificationSeconds(seconds: number): void;
  /** Access, change and creation time. */
  setOtherSeconds(seconds: number): void;
}

/** Which inodes of which file system, and what to do with each. */
export interface RewriteExtInodes {
  readonly filePath: string;
  readonly offsetBytes: number;
  readonly inodes: 'all' | readonly number[];
  rewrite(inode: ExtInode, inodeNumber: number): void;
}

interface Geometry {
  readonly blockSizeBytes: number;
  readonly inodeSizeBytes: number;
  readonly inodesPerGroup: number;
  readonly groupCount: number;
  readonly descriptorSizeBytes: number;
  readonly descriptorsOffsetBytes: number;
  /** Seed of all checksums; undefined: the file system has none. */
  readonly checksumSeed: number | undefined;
}

const descriptorInodesUnused = 0x1;
const incompatibleMetaGroups = 0x10;
const incompatible64Bit = 0x80;
const incompatibleChecksumSeed = 0x2000;
const readOnlyMetadataChecksum = 0x400;

/**
 * Changes the inodes of an ext2, ext3 or ext4 file system that lies in a file, and keeps their checksums right.
 *
 * Reads and writes one group's table at a time.
 *
 * @see Linux `Documentation/filesystems/ext4`, "Super Block", "Block Group Descriptors", "Index Nodes"
 */
export async function rewriteExtInodes(task: RewriteExtInodes): Promise<void> {
  const file = await open(task.filePath, 'r+');
  try {
    const read = (positionBytes: number, lengthBytes: number) =>
      readFully(file, task.offsetBytes + positionBytes, lengthBytes);
    const geometry = parseGeometry(await read(1024, 1024));
    const { groupCount, descriptorSizeBytes, descriptorsOffsetBytes } = geometry;
    const descriptors = await read(descriptorsOffsetBytes, groupCount * descriptorSizeBytes);
    for (const group of groupsOf(task, geometry)) {
      const descriptor = descriptors.subarray(group * descriptorSizeBytes, (group + 1) * descriptorSizeBytes);
      if ((descriptor.readUInt16LE(0x12) & descriptorInodesUnused) !== 0) continue;
      const bitmap = await read(blockAt(descriptor, 0x4, 0x24) * geometry.blockSizeBytes, geometry.inodesPerGroup / 8);
      const used = usedInodes(bitmap, geometry.inodesPerGroup).filter(
        (index) => task.inodes === 'all' || task.inodes.includes(group * geometry.inodesPerGroup + index + 1),
      );
      const last = used.at(-1);
      if (last === undefined) continue;
      const tableOffsetBytes = blockAt(descriptor, 0x8, 0x28) * geometry.blockSizeBytes;
      const table = await read(tableOffsetBytes, (last + 1) * geometry.inodeSizeBytes);
      for (const index of used) {
        const bytes = table.subarray(index * geometry.inodeSizeBytes, (index + 1) * geometry.inodeSizeBytes);
        const inodeNumber = group * geometry.inodesPerGroup + index + 1;
        // Reserved inodes that hold nothing, for example the boot loader's, stay as they are.
        if (bytes.every((byte) => byte === 0)) continue;
        task.rewrite(openInode(bytes), inodeNumber);
        if (geometry.checksumSeed !== undefined) writeChecksum(bytes, inodeNumber, geometry.checksumSeed);
      }
      await file.write(table, 0, table.length, task.offsetBytes + tableOffsetBytes);
    }
  } finally {
    await file.close();
  }
}

function parseGeometry(superblock: Buffer): Geometry {
  if (superblock.readUInt16LE(0x38) !== 0xef53) throw new Error('Internal error: not an ext file system');
  const incompatible = superblock.readUInt32LE(0x60);
  if ((incompatible & incompatibleMetaGroups) !== 0) throw new Error('Internal error: meta_bg is not handled');
  const blockSizeBytes = 1024 << superblock.readUInt32LE(0x18);
  const inodesPerGroup = superblock.readUInt32LE(0x28);
  const hasChecksums = (superblock.readUInt32LE(0x64) & readOnlyMetadataChecksum) !== 0;
  const seed =
    (incompatible & incompatibleChecksumSeed) !== 0
      ? superblock.readUInt32LE(0x270)
      : crc32c(superblock.subarray(0x68, 0x78), 0xffff_ffff);
  return {
    blockSizeBytes,
    inodeSizeBytes: superblock.readUInt32LE(0x4c) === 0 ? 128 : superblock.readUInt16LE(0x58),
    inodesPerGroup,
    groupCount: Math.ceil(superblock.readUInt32LE(0x0) / inodesPerGroup),
    descriptorSizeBytes: (incompatible & incompatible64Bit) !== 0 ? superblock.readUInt16LE(0xfe) : 32,
    descriptorsOffsetBytes: (superblock.readUInt32LE(0x14) + 1) * blockSizeBytes,
    checksumSeed: hasChecksums ? seed : undefined,
  };
}

function groupsOf(task: RewriteExtInodes, geometry: Geometry): readonly number[] {
  const { inodes } = task;
  if (inodes === 'all') return Array.from({ length: geometry.groupCount }, (_, group) => group);
  return [...new Set(inodes.map((number) => Math.floor((number - 1) / geometry.inodesPerGroup)))];
}

function blockAt(descriptor: Buffer, lowOffset: number, highOffset: number): number {
  const high = descriptor.length >= 64 ? descriptor.readUInt32LE(highOffset) : 0;
  return high * 2 ** 32 + descriptor.readUInt32LE(lowOffset);
}

function usedInodes(bitmap: Buffer, inodesPerGroup: number): readonly number[] {
  const used: number[] = [];
  for (let index = 0; index < inodesPerGroup; index += 1)
    if (((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0) used.push(index);
  return used;
}

function openInode(bytes: Buffer): ExtInode {
  const extraSizeBytes = bytes.length > 128 ? bytes.readUInt16LE(0x80) : 0;
  const setTime = (offset: number, extraOffset: number, seconds: number) => {
    bytes.writeUInt32LE(seconds % 2 ** 32, offset);
    // Two bits above 2^31 for the years after 2038, counted from the signed low word.
    if (extraOffset + 4 <= 128 + extraSizeBytes)
      bytes.writeUInt32LE(Math.floor((seconds + 2 ** 31) / 2 ** 32) & 0x3, extraOffset);
  };
  return {
    setMode: (mode) => void bytes.writeUInt16LE(mode & 0xffff, 0x0),
    setOwner(userId, groupId) {
      bytes.writeUInt16LE(userId & 0xffff, 0x2);
      bytes.writeUInt16LE(groupId & 0xffff, 0x18);
      bytes.writeUInt16LE(userId >>> 16, 0x78);
      bytes.writeUInt16LE(groupId >>> 16, 0x7a);
    },
    modificationSeconds() {
      const epoch = extraSizeBytes >= 12 ? bytes.readUInt32LE(0x88) & 0x3 : 0;
      return bytes.readInt32LE(0x10) + epoch * 2 ** 32;
    },
    setModificationSeconds: (seconds) => setTime(0x10, 0x88, seconds),
    setOtherSeconds(seconds) {
      setTime(0x8, 0x8c, seconds);
      setTime(0xc, 0x84, seconds);
      if (128 + extraSizeBytes >= 0x98) setCreationTime(bytes, seconds);
    },
  };
}

function setCreationTime(bytes: Buffer, seconds: number): void {
  bytes.writeUInt32LE(seconds % 2 ** 32, 0x90);
  bytes.writeUInt32LE(Math.floor((seconds + 2 ** 31) / 2 ** 32) & 0x3, 0x94);
}

function writeChecksum(bytes: Buffer, inodeNumber: number, seed: number): void {
  const hasHighHalf = bytes.length > 128 && bytes.readUInt16LE(0x80) >= 4;
  bytes.writeUInt16LE(0, 0x7c);
  if (hasHighHalf) bytes.writeUInt16LE(0, 0x82);
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(inodeNumber, 0);
  prefix.writeUInt32LE(bytes.readUInt32LE(0x64), 4);
  const checksum = crc32c(bytes, crc32c(prefix, seed));
  bytes.writeUInt16LE(checksum & 0xffff, 0x7c);
  if (hasHighHalf) bytes.writeUInt16LE(checksum >>> 16, 0x82);
}

async function readFully(file: FileHandle, positionBytes: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  const { bytesRead } = await file.read(bytes, 0, lengthBytes, positionBytes);
  if (bytesRead !== lengthBytes) throw new Error('Internal error: the file ends within its file system');
  return bytes;
}
