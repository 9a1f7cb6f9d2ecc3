import type { XfsGeometry } from '../../../src/disk/xfs/geometry.js';
import type { XfsBytes } from '../../../src/disk/xfs/space.js';

/** Four groups of 131072 blocks, as mkfs.xfs makes them for 2 GiB. */
export const geometry: XfsGeometry = {
  blockSizeBytes: 4096,
  inodeSizeBytes: 512,
  sectorSizeBytes: 512,
  groupCount: 4,
  groupBlocks: 100_000,
  groupBlocksLog: 17,
  inodesPerBlockLog: 3,
  inodeAlignmentBlocks: 8,
  rootInode: 128,
  uuid: Buffer.from('11111111222243338444555555555555', 'hex'),
  hasBigTimes: true,
  hasLargeExtentCounts: false,
  hasSparseInodes: true,
  hasFreeInodeTree: true,
  hasInodeTreeCounts: true,
};

/** Bytes in memory, zeros where nothing was written. */
export function openMemory(): XfsBytes {
  const pieces = new Map<number, Buffer>();
  return {
    read(offsetBytes, lengthBytes) {
      const bytes = Buffer.alloc(lengthBytes);
      for (const [start, piece] of pieces)
        if (start >= offsetBytes && start < offsetBytes + lengthBytes) piece.copy(bytes, start - offsetBytes);
      return bytes;
    },
    write(offsetBytes, bytes) {
      pieces.set(offsetBytes, Buffer.from(bytes));
    },
  };
}
