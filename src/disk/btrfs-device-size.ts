import { type FileHandle, open } from 'node:fs/promises';
import { alignDown, gibibyte, kibibyte, mebibyte } from '../base/units.js';
import { crc32c } from './crc32c.js';

/** What became of a file system that was to have a size. */
export interface BtrfsFit {
  /** Where the last chunk ends: the least that the device can be. */
  readonly allocatedBytes: number;
  /** Whether the device has the wanted size now. */
  readonly isFitting: boolean;
}

/** A chunk of the logical address space, with a copy at each place. */
interface Chunk {
  readonly logicalBytes: number;
  readonly lengthBytes: number;
  readonly placesBytes: readonly number[];
}

const superblockSizeBytes = 4 * kibibyte;
const superblockPlaces = [64 * kibibyte, 64 * mebibyte, 256 * gibibyte];
const nodeHeaderSizeBytes = 0x65;
const deviceItemType = 216;
const chunkItemType = 228;
const keySizeBytes = 17;
const chunkHeaderSizeBytes = 0x30;
const stripeSizeBytes = 32;

/**
 * Gives the one device of a btrfs in a file its size, when that is not its size already.
 *
 * `mkfs.btrfs --rootdir` makes a file system larger than it was told when it guesses that the tree needs more (btrfs-progs
 * 6.2), and no kernel mounts one that is larger than its device. The size is only written in the superblocks and in
 * the chunk tree; where all chunks end before it, it can be any.
 *
 * @throws Error for a file that is no btrfs, or one whose checksums are not CRC-32C and whose size would have to change
 * @see btrfs "On-disk Format": Superblock, CHUNK_ITEM, DEV_ITEM
 */
export async function setBtrfsDeviceSize(device: {
  readonly filePath: string;
  readonly sizeBytes: number;
}): Promise<BtrfsFit> {
  const file = await open(device.filePath, 'r+');
  try {
    const superblock = await readAt(file, superblockPlaces[0] ?? 0, superblockSizeBytes);
    if (superblock.toString('latin1', 0x40, 0x48) !== '_BHRfS_M') throw new Error('Internal error: not a btrfs');
    const sizeBytes = alignDown(device.sizeBytes, superblock.readUInt32LE(0x90));
    const nodes = await readChunkTree(file, superblock);
    const allocatedBytes = Math.max(0, ...nodes.flatMap(({ bytes }) => chunkEnds(bytes)));
    if (allocatedBytes > sizeBytes) return { allocatedBytes, isFitting: false };
    if (numberAt(superblock, 0x70) === sizeBytes) return { allocatedBytes, isFitting: true };
    if (superblock.readUInt16LE(0xc4) !== 0)
      throw new Error('Internal error: the size of a btrfs with other checksums than crc32c cannot be changed');
    for (const node of nodes) await resizeInNode(file, node, sizeBytes);
    for (const placeBytes of superblockPlaces) await resizeInSuperblock(file, placeBytes, sizeBytes);
    return { allocatedBytes, isFitting: true };
  } finally {
    await file.close();
  }
}

interface TreeNode {
  readonly bytes: Buffer;
  readonly placesBytes: readonly number[];
}

async function readChunkTree(file: FileHandle, superblock: Buffer): Promise<readonly TreeNode[]> {
  const systemChunks = parseSystemChunks(superblock);
  const nodeSizeBytes = superblock.readUInt32LE(0x94);
  const readNode = async (logicalBytes: number): Promise<readonly TreeNode[]> => {
    const chunk = systemChunks.find(
      (one) => logicalBytes >= one.logicalBytes && logicalBytes < one.logicalBytes + one.lengthBytes,
    );
    if (chunk === undefined) throw new Error('Internal error: the chunk tree of a btrfs lies in no system chunk');
    const placesBytes = chunk.placesBytes.map((placeBytes) => placeBytes + logicalBytes - chunk.logicalBytes);
    const bytes = await readAt(file, placesBytes[0] ?? 0, nodeSizeBytes);
    const node = { bytes, placesBytes };
    if (bytes.readUInt8(0x64) === 0) return [node];
    const below: TreeNode[] = [];
    for (let index = 0; index < bytes.readUInt32LE(0x60); index += 1)
      below.push(...(await readNode(numberAt(bytes, nodeHeaderSizeBytes + index * 33 + keySizeBytes))));
    return [node, ...below];
  };
  return readNode(numberAt(superblock, 0x58));
}

/** The superblock holds the chunks that hold the chunk tree. */
function parseSystemChunks(superblock: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const array = superblock.subarray(0x32b, 0x32b + superblock.readUInt32LE(0xa0));
  for (let at = 0; at < array.length; ) {
    const item = array.subarray(at + keySizeBytes);
    chunks.push(parseChunk(numberAt(array, at + 9), item));
    at += keySizeBytes + chunkHeaderSizeBytes + item.readUInt16LE(0x2c) * stripeSizeBytes;
  }
  return chunks;
}

function parseChunk(logicalBytes: number, item: Buffer): Chunk {
  const placesBytes = Array.from({ length: item.readUInt16LE(0x2c) }, (_, index) =>
    numberAt(item, chunkHeaderSizeBytes + index * stripeSizeBytes + 8),
  );
  return { logicalBytes, lengthBytes: numberAt(item, 0), placesBytes };
}

interface Item {
  readonly type: number;
  readonly keyOffset: number;
  readonly data: Buffer;
}

function* itemsOf(node: Buffer): Generator<Item> {
  if (node.readUInt8(0x64) !== 0) return;
  for (let index = 0; index < node.readUInt32LE(0x60); index += 1) {
    const at = nodeHeaderSizeBytes + index * 25;
    const start = nodeHeaderSizeBytes + node.readUInt32LE(at + keySizeBytes);
    const data = node.subarray(start, start + node.readUInt32LE(at + keySizeBytes + 4));
    yield { type: node.readUInt8(at + 8), keyOffset: numberAt(node, at + 9), data };
  }
}

function chunkEnds(node: Buffer): readonly number[] {
  const chunks = [...itemsOf(node)].filter(({ type }) => type === chunkItemType);
  return chunks.flatMap(({ keyOffset, data }) => {
    const { lengthBytes, placesBytes } = parseChunk(keyOffset, data);
    return placesBytes.map((placeBytes) => placeBytes + lengthBytes);
  });
}

async function resizeInNode(file: FileHandle, { bytes, placesBytes }: TreeNode, sizeBytes: number): Promise<void> {
  const devices = [...itemsOf(bytes)].filter(({ type }) => type === deviceItemType);
  if (devices.length === 0) return;
  for (const { data } of devices) data.writeBigUInt64LE(BigInt(sizeBytes), 0x8);
  writeChecksum(bytes);
  for (const placeBytes of placesBytes) await file.write(bytes, 0, bytes.length, placeBytes);
}

async function resizeInSuperblock(file: FileHandle, placeBytes: number, sizeBytes: number): Promise<void> {
  if (placeBytes + superblockSizeBytes > sizeBytes) return;
  const bytes = await readAt(file, placeBytes, superblockSizeBytes);
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 0x70);
  // The device itself: 8 bytes of its number, then its size.
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 0xc9 + 0x8);
  writeChecksum(bytes);
  await file.write(bytes, 0, bytes.length, placeBytes);
}

/** Of everything behind the 32 bytes that are kept for it. */
function writeChecksum(bytes: Buffer): void {
  bytes.writeUInt32LE(~crc32c(bytes.subarray(0x20), 0xffff_ffff) >>> 0, 0);
}

function numberAt(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}

async function readAt(file: FileHandle, positionBytes: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  const { bytesRead } = await file.read(bytes, 0, lengthBytes, positionBytes);
  if (bytesRead !== lengthBytes) throw new Error('Internal error: the file ends within its file system');
  return bytes;
}
