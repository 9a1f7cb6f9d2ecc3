import { blockAddress512, fileSystemBlock, type GroupBlock, sealXfs, type XfsGeometry } from './geometry.js';
import type { XfsSpace } from './space.js';

/** A run of blocks of a file. */
export interface XfsExtent {
  /** In blocks of the file. */
  readonly fileBlock: number;
  readonly place: GroupBlock;
  readonly blockCount: number;
}

/** The data fork of an inode that points to blocks, and the blocks of its tree. */
export interface ExtentFork {
  readonly format: 'extents' | 'btree';
  readonly fork: Buffer;
  readonly treeBlocks: readonly { readonly place: GroupBlock; readonly bytes: Buffer }[];
}

const recordSizeBytes = 16;
const longHeaderSizeBytes = 72;
/** 21 bits. */
const maximumExtentBlocks = 2 ** 21 - 1;

/** How many extents the data fork can point to, directly or through one level of tree. */
export function extentCapacity(geometry: XfsGeometry, forkSizeBytes: number): number {
  return rootCapacity(forkSizeBytes) * leafCapacity(geometry);
}

/** Joins extents that continue each other and cuts those that a record cannot hold. */
export function joinExtents(extents: readonly XfsExtent[]): readonly XfsExtent[] {
  const joined: XfsExtent[] = [];
  for (const extent of extents) {
    const last = joined.at(-1);
    if (
      last !== undefined &&
      last.fileBlock + last.blockCount === extent.fileBlock &&
      last.place.group === extent.place.group &&
      last.place.block + last.blockCount === extent.place.block &&
      last.blockCount + extent.blockCount <= maximumExtentBlocks
    )
      joined[joined.length - 1] = { ...last, blockCount: last.blockCount + extent.blockCount };
    else joined.push(...cut(extent));
  }
  return joined;
}

/** Encodes extents in order: in the inode when they fit there, otherwise in a tree of one level. */
export function encodeExtentFork(
  geometry: XfsGeometry,
  fork: { readonly extents: readonly XfsExtent[]; readonly forkSizeBytes: number; readonly owner: number },
  space: XfsSpace,
): ExtentFork {
  const { extents, forkSizeBytes, owner } = fork;
  if (extents.length * recordSizeBytes <= forkSizeBytes)
    return { format: 'extents', fork: encodeRecords(geometry, extents), treeBlocks: [] };
  const perLeaf = leafCapacity(geometry);
  const groups = Array.from({ length: Math.ceil(extents.length / perLeaf) }, (_, index) =>
    extents.slice(index * perLeaf, (index + 1) * perLeaf),
  );
  const places = groups.map(() => space.takeOne());
  const siblingOf = (index: number) => {
    const place = places[index];
    return place === undefined ? 0xffff_ffff_ffff_ffffn : BigInt(fileSystemBlock(geometry, place));
  };
  const root = Buffer.alloc(forkSizeBytes);
  root.writeUInt16BE(1, 0);
  root.writeUInt16BE(groups.length, 2);
  const treeBlocks = groups.map((group, index) => {
    const place = places[index] ?? { group: 0, block: 0 };
    root.writeBigUInt64BE(BigInt(group[0]?.fileBlock ?? 0), 4 + index * 8);
    root.writeBigUInt64BE(siblingOf(index), 4 + rootCapacity(forkSizeBytes) * 8 + index * 8);
    const bytes = Buffer.alloc(geometry.blockSizeBytes);
    bytes.write('BMA3', 0, 'latin1');
    bytes.writeUInt16BE(group.length, 6);
    bytes.writeBigUInt64BE(siblingOf(index - 1), 8);
    bytes.writeBigUInt64BE(siblingOf(index + 1), 16);
    bytes.writeBigUInt64BE(blockAddress512(geometry, place), 24);
    geometry.uuid.copy(bytes, 40);
    bytes.writeBigUInt64BE(BigInt(owner), 56);
    encodeRecords(geometry, group).copy(bytes, longHeaderSizeBytes);
    return { place, bytes: sealXfs(bytes, 64) };
  });
  return { format: 'btree', fork: root, treeBlocks };
}

function cut(extent: XfsExtent): readonly XfsExtent[] {
  const pieces: XfsExtent[] = [];
  for (let done = 0; done < extent.blockCount; done += maximumExtentBlocks)
    pieces.push({
      fileBlock: extent.fileBlock + done,
      place: { group: extent.place.group, block: extent.place.block + done },
      blockCount: Math.min(maximumExtentBlocks, extent.blockCount - done),
    });
  return pieces;
}

function rootCapacity(forkSizeBytes: number): number {
  return Math.floor((forkSizeBytes - 4) / 16);
}

function leafCapacity(geometry: XfsGeometry): number {
  return Math.floor((geometry.blockSizeBytes - longHeaderSizeBytes) / recordSizeBytes);
}

/** 1 bit state, 54 bits file block, 52 bits block, 21 bits count (`xfs_bmbt_rec`). */
function encodeRecords(geometry: XfsGeometry, extents: readonly XfsExtent[]): Buffer {
  const bytes = Buffer.alloc(extents.length * recordSizeBytes);
  for (const [index, { fileBlock, place, blockCount }] of extents.entries()) {
    const block = BigInt(fileSystemBlock(geometry, place));
    bytes.writeBigUInt64BE((BigInt(fileBlock) << 9n) | (block >> 43n), index * recordSizeBytes);
    const low = ((block & ((1n << 43n) - 1n)) << 21n) | BigInt(blockCount);
    bytes.writeBigUInt64BE(low, index * recordSizeBytes + 8);
  }
  return bytes;
}
