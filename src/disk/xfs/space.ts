import { BuildError } from '../../base/build-error.js';
import { formatBytes } from '../../base/units.js';
import { blockAddress512, blockOffsetBytes, type GroupBlock, sealXfs, type XfsGeometry } from './geometry.js';

/** A run of free or taken blocks of one group. */
export interface GroupExtent extends GroupBlock {
  readonly blockCount: number;
}

/** The free blocks of a new file system, taken from the front. */
export interface XfsSpace {
  /** Up to so many blocks in one run; at least one. @throws BuildError `LAYOUT_TOO_SMALL` when nothing is left */
  take(maximumBlocks: number): GroupExtent;
  takeOne(): GroupBlock;
  /** Exactly so many blocks that start at a multiple of the alignment. @throws BuildError `LAYOUT_TOO_SMALL` */
  takeAligned(blockCount: number, alignmentBlocks: number): GroupBlock;
  /** One block of a certain group. @throws BuildError `LAYOUT_TOO_SMALL` */
  takeIn(group: number): GroupBlock;
  takenIn(group: number): number;
  freeIn(group: number): readonly GroupExtent[];
}

/** Reads or writes bytes of the file system. */
export interface XfsBytes {
  read(offsetBytes: number, lengthBytes: number): Buffer;
  write(offsetBytes: number, bytes: Uint8Array): void;
}

const shortHeaderSizeBytes = 56;

/** Opens the free space that mkfs left, as its by-block trees list it. */
export function openXfsSpace(geometry: XfsGeometry, bytes: XfsBytes): XfsSpace {
  const groups = Array.from({ length: geometry.groupCount }, (_, group) => {
    const free = readFree(geometry, bytes, group);
    const freeBlocks = free.reduce((sum, { blockCount }) => sum + blockCount, 0);
    // The kernel sets blocks of each group aside for its trees (about 1 %, xfs_ag_resv); they are used last.
    return { free, freeBlocks, reservedBlocks: Math.ceil(freeBlocks / 50), takenBlocks: 0 };
  });
  const groupOf = (group: number) => {
    const found = groups[group];
    if (found === undefined) throw new Error(`Internal error: no group ${group}`);
    return found;
  };
  const takeFrom = (group: number, index: number, start: number, blockCount: number): GroupExtent => {
    const state = groupOf(group);
    const extent = state.free[index];
    if (extent === undefined) throw new Error('Internal error: no such free extent');
    const rest = [
      { group, block: extent.block, blockCount: start - extent.block },
      { group, block: start + blockCount, blockCount: extent.block + extent.blockCount - start - blockCount },
    ].filter((piece) => piece.blockCount > 0);
    state.free.splice(index, 1, ...rest);
    state.freeBlocks -= blockCount;
    state.takenBlocks += blockCount;
    return { group, block: start, blockCount };
  };
  const search = <Found>(
    needed: number,
    visit: (extent: GroupExtent, index: number, room: number) => Found | undefined,
  ): Found => {
    for (const usesReserve of [false, true])
      for (const state of groups) {
        const room = usesReserve ? state.freeBlocks : state.freeBlocks - state.reservedBlocks;
        if (room < needed) continue;
        for (const [index, extent] of state.free.entries()) {
          const found = visit(extent, index, room);
          if (found !== undefined) return found;
        }
      }
    const totalBytes = geometry.groupCount * geometry.groupBlocks * geometry.blockSizeBytes;
    throw new BuildError({
      code: 'LAYOUT_TOO_SMALL',
      message: `an XFS of about ${formatBytes(totalBytes)} cannot hold its part of the tree`,
      hint: 'make the image or this partition larger (--image-size, DIB_IMAGE_EXTRA_SIZE or the size in the layout)',
    });
  };
  const take = (maximumBlocks: number) =>
    search(1, ({ group, block, blockCount }, index, room) =>
      takeFrom(group, index, block, Math.min(maximumBlocks, blockCount, room)),
    );
  return {
    take,
    takeOne: () => take(1),
    takeAligned: (needed, alignmentBlocks) =>
      search(needed, ({ group, block, blockCount }, index) => {
        const start = Math.ceil(block / alignmentBlocks) * alignmentBlocks;
        return start + needed > block + blockCount ? undefined : takeFrom(group, index, start, needed);
      }),
    takeIn: (wanted) =>
      search(1, ({ group, block }, index) => (group === wanted ? takeFrom(group, index, block, 1) : undefined)),
    takenIn: (group) => groupOf(group).takenBlocks,
    freeIn: (group) => groupOf(group).free,
  };
}

/** Writes the free space trees and counts of all groups back. */
export function writeXfsSpace(geometry: XfsGeometry, space: XfsSpace, bytes: XfsBytes): void {
  for (let group = 0; group < geometry.groupCount; group += 1) {
    if (space.takenIn(group) === 0) continue;
    const headerOffsetBytes = freeHeaderOffsetBytes(geometry, group);
    const header = bytes.read(headerOffsetBytes, geometry.sectorSizeBytes);
    const free = space.freeIn(group);
    const bySize = [...free].sort((one, other) => one.blockCount - other.blockCount || one.block - other.block);
    for (const [magic, rootOffset, extents] of [
      ['AB3B', 16, free],
      ['AB3C', 20, bySize],
    ] as const) {
      const place = { group, block: header.readUInt32BE(rootOffset) };
      bytes.write(blockOffsetBytes(geometry, place), encodeFreeLeaf(geometry, { magic, place, extents }));
    }
    header.writeUInt32BE(
      free.reduce((sum, { blockCount }) => sum + blockCount, 0),
      52,
    );
    header.writeUInt32BE(bySize.at(-1)?.blockCount ?? 0, 56);
    bytes.write(headerOffsetBytes, sealXfs(header, 216));
  }
}

/** The AGF: the second sector of a group. */
function freeHeaderOffsetBytes(geometry: XfsGeometry, group: number): number {
  return blockOffsetBytes(geometry, { group, block: 0 }) + geometry.sectorSizeBytes;
}

function readFree(geometry: XfsGeometry, bytes: XfsBytes, group: number): GroupExtent[] {
  const header = bytes.read(freeHeaderOffsetBytes(geometry, group), geometry.sectorSizeBytes);
  const place = { group, block: header.readUInt32BE(16) };
  const leaf = bytes.read(blockOffsetBytes(geometry, place), geometry.blockSizeBytes);
  if (header.readUInt32BE(28) !== 1 || leaf.toString('latin1', 0, 4) !== 'AB3B')
    throw new Error('Internal error: the free space of a new XFS is not one leaf');
  return Array.from({ length: leaf.readUInt16BE(6) }, (_, index) => ({
    group,
    block: leaf.readUInt32BE(shortHeaderSizeBytes + index * 8),
    blockCount: leaf.readUInt32BE(shortHeaderSizeBytes + index * 8 + 4),
  }));
}

function encodeFreeLeaf(
  geometry: XfsGeometry,
  leaf: { readonly magic: string; readonly place: GroupBlock; readonly extents: readonly GroupExtent[] },
): Buffer {
  const { magic, place, extents } = leaf;
  const bytes = encodeShortBlock(geometry, { magic, place, level: 0, recordCount: extents.length });
  if (shortHeaderSizeBytes + extents.length * 8 > bytes.length)
    throw new Error('Internal error: the free space of the XFS is too scattered');
  for (const [index, { block, blockCount }] of extents.entries()) {
    bytes.writeUInt32BE(block, shortHeaderSizeBytes + index * 8);
    bytes.writeUInt32BE(blockCount, shortHeaderSizeBytes + index * 8 + 4);
  }
  return sealXfs(bytes, 52);
}

/** A block of a tree inside one group, with its header (`struct xfs_btree_block`, short form); without checksum yet. */
export function encodeShortBlock(
  geometry: XfsGeometry,
  block: {
    readonly magic: string;
    readonly place: GroupBlock;
    readonly level: number;
    readonly recordCount: number;
    readonly left?: number | undefined;
    readonly right?: number | undefined;
  },
): Buffer {
  const bytes = Buffer.alloc(geometry.blockSizeBytes);
  bytes.write(block.magic, 0, 'latin1');
  bytes.writeUInt16BE(block.level, 4);
  bytes.writeUInt16BE(block.recordCount, 6);
  bytes.writeUInt32BE(block.left ?? 0xffff_ffff, 8);
  bytes.writeUInt32BE(block.right ?? 0xffff_ffff, 12);
  bytes.writeBigUInt64BE(blockAddress512(geometry, block.place), 16);
  geometry.uuid.copy(bytes, 32);
  bytes.writeUInt32BE(block.place.group, 48);
  return bytes;
}
