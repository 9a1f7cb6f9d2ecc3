import { blockOffsetBytes, type GroupBlock, inodeOffsetBytes, sealXfs, type XfsGeometry } from './geometry.js';
import { encodeFreeXfsInode } from './inode.js';
import { encodeShortBlock, type XfsBytes, type XfsSpace } from './space.js';

/** 64 inodes in a row. */
interface Chunk {
  readonly group: number;
  /** Counted in its group. */
  readonly firstInode: number;
  /** Bit n: inode n is free. */
  freeMask: bigint;
}

/** The inodes of a new file system. */
export interface XfsInodes {
  /** Numbers for new inodes, in order. */
  readonly numbers: readonly number[];
  /** Writes unused inodes, both trees and the counts of all groups. */
  write(bytes: XfsBytes): { readonly addedCount: number; readonly freeCount: number };
}

const chunkInodes = 64;
const recordSizeBytes = 16;
const headerSizeBytes = 56;

/** Takes so many inodes, at first those that mkfs left free, and the blocks for them and for their trees. */
export function takeXfsInodes(
  geometry: XfsGeometry,
  count: number,
  ports: { readonly space: XfsSpace; readonly bytes: XfsBytes },
): XfsInodes {
  const { space, bytes } = ports;
  const existing = Array.from({ length: geometry.groupCount }, (_, group) => readChunks(geometry, bytes, group)).flat();
  const added: Chunk[] = [];
  const numbers: number[] = [];
  const takeFrom = (chunk: Chunk) => {
    for (let bit = 0; bit < chunkInodes && numbers.length < count; bit += 1) {
      if ((chunk.freeMask & (1n << BigInt(bit))) === 0n) continue;
      chunk.freeMask &= ~(1n << BigInt(bit));
      numbers.push(inodeNumber(geometry, chunk, bit));
    }
  };
  for (const chunk of existing) takeFrom(chunk);
  const chunkBlocks = Math.ceil((chunkInodes * geometry.inodeSizeBytes) / geometry.blockSizeBytes);
  while (numbers.length < count) {
    const { group, block } = space.takeAligned(chunkBlocks, geometry.inodeAlignmentBlocks);
    const chunk = { group, firstInode: block * 2 ** geometry.inodesPerBlockLog, freeMask: 2n ** 64n - 1n };
    added.push(chunk);
    takeFrom(chunk);
  }
  const chunks = [...existing, ...added];
  const trees = takeTreeBlocks(geometry, chunks, space);
  return {
    numbers,
    write(target) {
      for (const chunk of added) writeFreeInodes(geometry, chunk, target);
      for (const [group, leafPlaces] of trees.entries())
        writeGroup(geometry, { group, leafPlaces, chunks: chunks.filter((chunk) => chunk.group === group) }, target);
      const freeCount = chunks.reduce((sum, { freeMask }) => sum + countBits(freeMask), 0);
      return { addedCount: added.length * chunkInodes, freeCount };
    },
  };
}

function inodeNumber(geometry: XfsGeometry, chunk: Chunk, bit: number): number {
  return chunk.group * 2 ** (geometry.groupBlocksLog + geometry.inodesPerBlockLog) + chunk.firstInode + bit;
}

/** The AGI: the third sector of a group. */
function headerOffsetBytesOf(geometry: XfsGeometry, group: number): number {
  return blockOffsetBytes(geometry, { group, block: 0 }) + 2 * geometry.sectorSizeBytes;
}

function readChunks(geometry: XfsGeometry, bytes: XfsBytes, group: number): readonly Chunk[] {
  const header = bytes.read(headerOffsetBytesOf(geometry, group), geometry.sectorSizeBytes);
  const place = { group, block: header.readUInt32BE(20) };
  const leaf = bytes.read(blockOffsetBytes(geometry, place), geometry.blockSizeBytes);
  if (header.readUInt32BE(24) !== 1 || leaf.toString('latin1', 0, 4) !== 'IAB3')
    throw new Error('Internal error: the inodes of a new XFS are not one leaf');
  return Array.from({ length: leaf.readUInt16BE(6) }, (_, index) => ({
    group,
    firstInode: leaf.readUInt32BE(headerSizeBytes + index * recordSizeBytes),
    freeMask: leaf.readBigUInt64BE(headerSizeBytes + index * recordSizeBytes + 8),
  }));
}

/** For each group the places of the leaves that do not fit into the root. */
function takeTreeBlocks(
  geometry: XfsGeometry,
  chunks: readonly Chunk[],
  space: XfsSpace,
): readonly (readonly GroupBlock[])[] {
  return Array.from({ length: geometry.groupCount }, (_, group) => {
    const leafCount = Math.ceil(chunks.filter((chunk) => chunk.group === group).length / leafCapacity(geometry));
    return leafCount <= 1 ? [] : Array.from({ length: leafCount }, () => space.takeIn(group));
  });
}

function leafCapacity(geometry: XfsGeometry): number {
  return Math.floor((geometry.blockSizeBytes - headerSizeBytes) / recordSizeBytes);
}

function writeFreeInodes(geometry: XfsGeometry, chunk: Chunk, bytes: XfsBytes): void {
  for (let bit = 0; bit < chunkInodes; bit += 1) {
    if ((chunk.freeMask & (1n << BigInt(bit))) === 0n) continue;
    const number = inodeNumber(geometry, chunk, bit);
    bytes.write(inodeOffsetBytes(geometry, number), encodeFreeXfsInode(geometry, number));
  }
}

function writeGroup(
  geometry: XfsGeometry,
  content: { readonly group: number; readonly leafPlaces: readonly GroupBlock[]; readonly chunks: readonly Chunk[] },
  bytes: XfsBytes,
): void {
  const { group, leafPlaces } = content;
  const chunks = [...content.chunks].sort((one, other) => one.firstInode - other.firstInode);
  const headerOffsetBytes = headerOffsetBytesOf(geometry, group);
  const header = bytes.read(headerOffsetBytes, geometry.sectorSizeBytes);
  const root = { group, block: header.readUInt32BE(20) };
  writeTree(geometry, { magic: 'IAB3', root, leafPlaces, chunks }, bytes);
  if (geometry.hasFreeInodeTree) {
    const freeRoot = { group, block: header.readUInt32BE(328) };
    const withFree = chunks.filter(({ freeMask }) => freeMask !== 0n);
    writeTree(geometry, { magic: 'FIB3', root: freeRoot, leafPlaces: [], chunks: withFree }, bytes);
  }
  header.writeUInt32BE(chunks.length * chunkInodes, 16);
  header.writeUInt32BE(leafPlaces.length === 0 ? 1 : 2, 24);
  header.writeUInt32BE(
    chunks.reduce((sum, { freeMask }) => sum + countBits(freeMask), 0),
    28,
  );
  if (geometry.hasInodeTreeCounts) header.writeUInt32BE(1 + leafPlaces.length, 336);
  bytes.write(headerOffsetBytes, sealXfs(header, 312));
}

function writeTree(
  geometry: XfsGeometry,
  tree: {
    readonly magic: string;
    readonly root: GroupBlock;
    readonly leafPlaces: readonly GroupBlock[];
    readonly chunks: readonly Chunk[];
  },
  bytes: XfsBytes,
): void {
  const { magic, root, leafPlaces, chunks } = tree;
  if (leafPlaces.length === 0) {
    const leaf = encodeShortBlock(geometry, { magic, place: root, level: 0, recordCount: chunks.length });
    putRecords(geometry, leaf, chunks);
    bytes.write(blockOffsetBytes(geometry, root), sealXfs(leaf, 52));
    return;
  }
  const keyCapacity = Math.floor((geometry.blockSizeBytes - headerSizeBytes) / 8);
  if (leafPlaces.length > keyCapacity) throw new Error('Internal error: too many inodes in one group');
  const node = encodeShortBlock(geometry, { magic, place: root, level: 1, recordCount: leafPlaces.length });
  for (const [index, place] of leafPlaces.entries()) {
    const part = chunks.slice(
      Math.floor((index * chunks.length) / leafPlaces.length),
      Math.floor(((index + 1) * chunks.length) / leafPlaces.length),
    );
    node.writeUInt32BE(part[0]?.firstInode ?? 0, headerSizeBytes + index * 4);
    node.writeUInt32BE(place.block, headerSizeBytes + keyCapacity * 4 + index * 4);
    const [left, right] = [leafPlaces[index - 1]?.block, leafPlaces[index + 1]?.block];
    const leaf = encodeShortBlock(geometry, { magic, place, level: 0, recordCount: part.length, left, right });
    putRecords(geometry, leaf, part);
    bytes.write(blockOffsetBytes(geometry, place), sealXfs(leaf, 52));
  }
  bytes.write(blockOffsetBytes(geometry, root), sealXfs(node, 52));
}

function putRecords(geometry: XfsGeometry, leaf: Buffer, chunks: readonly Chunk[]): void {
  for (const [index, { firstInode, freeMask }] of chunks.entries()) {
    const at = headerSizeBytes + index * recordSizeBytes;
    leaf.writeUInt32BE(firstInode, at);
    if (geometry.hasSparseInodes) leaf.set([0, 0, chunkInodes, countBits(freeMask)], at + 4);
    else leaf.writeUInt32BE(countBits(freeMask), at + 4);
    leaf.writeBigUInt64BE(freeMask, at + 8);
  }
}

function countBits(mask: bigint): number {
  let count = 0;
  for (let rest = mask; rest !== 0n; rest &= rest - 1n) count += 1;
  return count;
}
