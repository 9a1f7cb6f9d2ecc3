import { sealXfs, type XfsGeometry } from './geometry.js';

/** Nanoseconds since 1970. */
export interface XfsTimes {
  readonly accessNs: bigint;
  readonly modificationNs: bigint;
  readonly changeNs: bigint;
  readonly creationNs: bigint;
}

/** What an inode says. */
export interface XfsInode {
  readonly number: number;
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  readonly linkCount: number;
  readonly times: XfsTimes;
  readonly sizeBytes: number;
  /** Blocks of data, attributes and trees. */
  readonly blockCount: number;
  readonly dataFormat: 'device' | 'local' | 'extents' | 'btree';
  readonly dataFork: Buffer;
  readonly dataExtentCount: number;
  readonly attributeFormat: 'none' | 'local' | 'extents';
  readonly attributeFork: Buffer;
}

/** Bytes of an inode before its forks (`struct xfs_dinode`, version 3). */
export const inodeCoreSizeBytes = 176;

const formatNumbers = { device: 0, local: 1, extents: 2, btree: 3, none: 2 } as const;
const checksumOffset = 100;

/** Encodes an inode with its forks. The data fork keeps the space that the attributes leave. */
export function encodeXfsInode(geometry: XfsGeometry, inode: XfsInode): Buffer {
  const bytes = Buffer.alloc(geometry.inodeSizeBytes);
  bytes.write('IN', 0, 'latin1');
  bytes.writeUInt16BE(inode.mode, 2);
  bytes[4] = 3;
  bytes[5] = formatNumbers[inode.dataFormat];
  bytes.writeUInt32BE(inode.userId, 8);
  bytes.writeUInt32BE(inode.groupId, 12);
  bytes.writeUInt32BE(inode.linkCount, 16);
  putTimes(geometry, bytes, inode.times);
  bytes.writeBigUInt64BE(BigInt(inode.sizeBytes), 56);
  bytes.writeBigUInt64BE(BigInt(inode.blockCount), 64);
  const attributeExtentCount = inode.attributeFormat === 'extents' ? 1 : 0;
  if (geometry.hasLargeExtentCounts) {
    bytes.writeBigUInt64BE(BigInt(inode.dataExtentCount), 24);
    bytes.writeUInt32BE(attributeExtentCount, 76);
  } else {
    bytes.writeUInt32BE(inode.dataExtentCount, 76);
    bytes.writeUInt16BE(attributeExtentCount, 80);
  }
  const dataForkSizeBytes = dataForkSize(geometry, inode);
  bytes[82] = inode.attributeFormat === 'none' ? 0 : dataForkSizeBytes / 8;
  bytes[83] = formatNumbers[inode.attributeFormat];
  bytes.writeUInt32BE(0xffff_ffff, 96);
  bytes.writeBigUInt64BE(1n, 104);
  bytes.writeBigUInt64BE((geometry.hasBigTimes ? 8n : 0n) | (geometry.hasLargeExtentCounts ? 16n : 0n), 120);
  bytes.writeBigUInt64BE(BigInt(inode.number), 152);
  geometry.uuid.copy(bytes, 160);
  inode.dataFork.copy(bytes, inodeCoreSizeBytes);
  if (inode.attributeFormat !== 'none') inode.attributeFork.copy(bytes, inodeCoreSizeBytes + dataForkSizeBytes);
  return sealXfs(bytes, checksumOffset);
}

/** An inode that is not in use, as a new chunk is full of them. */
export function encodeFreeXfsInode(geometry: XfsGeometry, number: number): Buffer {
  const bytes = Buffer.alloc(geometry.inodeSizeBytes);
  bytes.write('IN', 0, 'latin1');
  bytes[4] = 3;
  bytes.writeUInt32BE(0xffff_ffff, 96);
  bytes.writeBigUInt64BE(BigInt(number), 152);
  geometry.uuid.copy(bytes, 160);
  return sealXfs(bytes, checksumOffset);
}

/** Gives an existing inode other times. */
export function retimeXfsInode(geometry: XfsGeometry, bytes: Buffer, times: XfsTimes): Buffer {
  putTimes(geometry, bytes, times);
  return sealXfs(bytes, checksumOffset);
}

/** Bytes that the data fork may take beside the attributes. Devices have 8 (`xfs_dinode_verify_forkoff`). */
export function dataForkSize(
  geometry: XfsGeometry,
  inode: Pick<XfsInode, 'dataFormat' | 'attributeFormat' | 'attributeFork'>,
): number {
  const literalSizeBytes = geometry.inodeSizeBytes - inodeCoreSizeBytes;
  if (inode.attributeFormat === 'none') return literalSizeBytes;
  if (inode.dataFormat === 'device') return 8;
  return literalSizeBytes - Math.ceil(inode.attributeFork.length / 8) * 8;
}

function putTimes(geometry: XfsGeometry, bytes: Buffer, times: XfsTimes): void {
  const put = (nanoseconds: bigint, offset: number) => {
    // Big times count nanoseconds from -2^31 seconds.
    if (geometry.hasBigTimes) bytes.writeBigUInt64BE(nanoseconds + 2n ** 31n * 1_000_000_000n, offset);
    else {
      const fraction = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
      bytes.writeInt32BE(Number((nanoseconds - fraction) / 1_000_000_000n), offset);
      bytes.writeInt32BE(Number(fraction), offset + 4);
    }
  };
  put(times.accessNs, 32);
  put(times.modificationNs, 40);
  put(times.changeNs, 48);
  put(times.creationNs, 144);
}
