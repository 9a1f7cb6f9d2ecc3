import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { BuildError } from '../../base/build-error.js';
import { mebibyte } from '../../base/units.js';
import type { ExtendedAttribute } from '../read-attributes.js';
import type { NodeStatus, TreeNode } from '../scan-tree.js';
import { type EncodedAttributes, encodeAttributes } from './attributes.js';
import { encodeShortDirectory, layOutDirectory } from './directory.js';
import { encodeExtentFork, extentCapacity, joinExtents, type XfsExtent } from './extents.js';
import {
  blockAddress512,
  blockOffsetBytes,
  inodeOffsetBytes,
  parseXfsGeometry,
  sealXfs,
  type XfsGeometry,
} from './geometry.js';
import {
  dataForkSize,
  encodeXfsInode,
  inodeCoreSizeBytes,
  retimeXfsInode,
  type XfsInode,
  type XfsTimes,
} from './inode.js';
import { takeXfsInodes } from './inode-tree.js';
import { openXfsSpace, writeXfsSpace, type XfsBytes, type XfsSpace } from './space.js';

/** What goes into a new XFS. */
export interface FillXfsRequest {
  /** The root first, see `scanTree`. */
  readonly nodes: readonly TreeNode[];
  /** By path. */
  readonly attributes: ReadonlyMap<string, readonly ExtendedAttribute[]>;
  /** Mode and owner of the root directory; absent: as in the tree. */
  readonly root?: { readonly mode: number; readonly userId: number; readonly groupId: number };
  readonly sourceDateEpochSeconds?: number;
  /** The time of creation when there is no source date. */
  readonly nowMs: number;
}

/** Bytes that stay for data beside attributes in the inode: 6 extents, or a tree with 5 leaves. */
const minimumDataForkBytes = 96;
const attributeBit = 0x10;
const pauseBytes = 4 * mebibyte;

interface Filler {
  readonly geometry: XfsGeometry;
  readonly bytes: XfsBytes;
  readonly space: XfsSpace;
  readonly request: FillXfsRequest;
  readonly numberOf: ReadonlyMap<TreeNode, number>;
  readonly buffer: Buffer;
}

/**
 * Writes a tree into a file system that mkfs.xfs has just made: contents, names, owners, modes, times, links, devices,
 * extended attributes, holes. All trees and counts are complete afterwards, nothing is left for a repair.
 *
 * @throws BuildError `FILE_SYSTEM_UNSUPPORTED` naming the first file that cannot be stored; `LAYOUT_TOO_SMALL`
 */
export async function fillXfs(request: FillXfsRequest, bytes: XfsBytes): Promise<void> {
  const superblock = bytes.read(0, 512);
  const geometry = parseXfsGeometry(superblock);
  const space = openXfsSpace(geometry, bytes);
  const inodes = takeXfsInodes(geometry, request.nodes.length - 1, { space, bytes });
  const numberOf = new Map(
    request.nodes.map((node, index) => [node, index === 0 ? geometry.rootInode : (inodes.numbers[index - 1] ?? 0)]),
  );
  const filler = { geometry, bytes, space, request, numberOf, buffer: Buffer.allocUnsafe(mebibyte) };
  const parents = parentsOf(request.nodes);
  let workBytes = 0;
  for (const node of request.nodes) {
    writeNode(filler, node, numberOf.get(parents.get(node) ?? node) ?? 0);
    workBytes += 4096 + node.status.sizeBytes;
    if (workBytes < pauseBytes) continue;
    workBytes = 0;
    await setImmediate();
  }
  const { addedCount, freeCount } = inodes.write(bytes);
  writeXfsSpace(geometry, space, bytes);
  writeSuperblocks(filler, { addedCount, freeCount });
  if (request.sourceDateEpochSeconds !== undefined) retimeReserved(filler);
}

function parentsOf(nodes: readonly TreeNode[]): ReadonlyMap<TreeNode, TreeNode> {
  return new Map(nodes.flatMap((node) => node.children.map((child) => [child.node, node] as const)));
}

function writeNode(filler: Filler, node: TreeNode, parentInode: number): void {
  const { geometry, request, numberOf, bytes } = filler;
  const number = numberOf.get(node) ?? 0;
  const root = node === request.nodes[0] ? request.root : undefined;
  const attributes = encodeNodeAttributes(filler, node, number);
  const data = encodeNodeData(filler, { node, number, parentInode, attributes });
  const inode: XfsInode = {
    number,
    mode: root?.mode ?? node.status.mode,
    userId: root?.userId ?? node.status.userId,
    groupId: root?.groupId ?? node.status.groupId,
    linkCount: node.linkCount,
    times: timesOf(request, node),
    ...data,
    blockCount: data.blockCount + attributes.blockCount,
    ...attributes.fork,
  };
  bytes.write(inodeOffsetBytes(geometry, number), encodeXfsInode(geometry, inode));
}

type AttributeFork = Pick<XfsInode, 'attributeFormat' | 'attributeFork'>;
type DataFork = Pick<XfsInode, 'sizeBytes' | 'blockCount' | 'dataFormat' | 'dataFork' | 'dataExtentCount'>;

function encodeNodeAttributes(
  filler: Filler,
  node: TreeNode,
  number: number,
): { readonly fork: AttributeFork; readonly blockCount: number } {
  const { geometry, request, space, bytes } = filler;
  const list = request.attributes.get(node.path.toString('utf8')) ?? [];
  const limitBytes = geometry.inodeSizeBytes - inodeCoreSizeBytes - minimumDataForkBytes;
  const encoded: EncodedAttributes = encodeAttributes(geometry, list, limitBytes);
  switch (encoded.kind) {
    case 'none':
      return { fork: { attributeFormat: 'none', attributeFork: Buffer.alloc(0) }, blockCount: 0 };
    case 'inode':
      return { fork: { attributeFormat: 'local', attributeFork: encoded.fork }, blockCount: 0 };
    case 'block': {
      const place = space.takeOne();
      bytes.write(blockOffsetBytes(geometry, place), encoded.encode(number, place));
      const extents = [{ fileBlock: 0, place, blockCount: 1 }];
      const { fork } = encodeExtentFork(geometry, { extents, forkSizeBytes: 16, owner: number }, space);
      return { fork: { attributeFormat: 'extents', attributeFork: fork }, blockCount: 1 };
    }
    case 'unsupported':
      throw unsupported(node, `its attribute "${encoded.name}" cannot be stored: ${encoded.why}`);
  }
}

function encodeNodeData(
  filler: Filler,
  item: {
    readonly node: TreeNode;
    readonly number: number;
    readonly parentInode: number;
    readonly attributes: { readonly fork: AttributeFork };
  },
): DataFork {
  const { node, number } = item;
  const { status } = node;
  const attributeFork = item.attributes.fork;
  const forkSizeBytes = dataForkSize(filler.geometry, { dataFormat: 'local', ...attributeFork });
  const local = (dataFork: Buffer): DataFork => ({
    sizeBytes: dataFork.length,
    blockCount: 0,
    dataFormat: 'local',
    dataFork,
    dataExtentCount: 0,
  });
  const inBlocks = (extents: readonly XfsExtent[], sizeBytes: number) =>
    encodeBlocks(filler, { node, number, extents, sizeBytes, forkSizeBytes });
  if (status.kind === 'directory') {
    const names = node.children.map(({ name, node: child }) => ({
      name,
      inode: filler.numberOf.get(child) ?? 0,
      fileType: fileTypes[child.status.kind],
    }));
    const directory = { inode: number, parentInode: item.parentInode, names };
    const short = encodeShortDirectory(directory, forkSizeBytes);
    if (short !== undefined) return local(short);
    const { blocks, sizeBytes } = layOutDirectory(filler.geometry, directory);
    const extents = blocks.map(({ fileBlock, encode }) => {
      const place = filler.space.takeOne();
      filler.bytes.write(blockOffsetBytes(filler.geometry, place), encode(place));
      return { fileBlock, place, blockCount: 1 };
    });
    return inBlocks(extents, sizeBytes);
  }
  if (status.kind === 'link') {
    const target = readlinkSync(node.path, { encoding: 'buffer' });
    if (target.length > 1023) throw unsupported(node, 'a link of more than 1023 bytes');
    return target.length <= forkSizeBytes ? local(target) : inBlocks(writeLink(filler, target, number), target.length);
  }
  if (status.kind === 'file') return inBlocks(copyFile(filler, node, forkSizeBytes), status.sizeBytes);
  return {
    sizeBytes: 0,
    blockCount: 0,
    dataFormat: 'device',
    dataFork: encodeDevice(status.device),
    dataExtentCount: 0,
  };
}

function encodeBlocks(
  filler: Filler,
  item: {
    readonly node: TreeNode;
    readonly number: number;
    readonly extents: readonly XfsExtent[];
    readonly sizeBytes: number;
    readonly forkSizeBytes: number;
  },
): DataFork {
  const { geometry, space, bytes } = filler;
  const { forkSizeBytes, sizeBytes, number } = item;
  const extents = joinExtents(item.extents);
  if (extents.length > extentCapacity(geometry, forkSizeBytes)) throw unsupported(item.node, 'it has too many holes');
  const { format, fork, treeBlocks } = encodeExtentFork(geometry, { extents, forkSizeBytes, owner: number }, space);
  for (const block of treeBlocks) bytes.write(blockOffsetBytes(geometry, block.place), block.bytes);
  const dataBlocks = extents.reduce((sum, { blockCount }) => sum + blockCount, 0);
  return {
    sizeBytes,
    blockCount: dataBlocks + treeBlocks.length,
    dataFormat: format,
    dataFork: fork,
    dataExtentCount: extents.length,
  };
}

/** `XFS_DIR3_FT_*`. */
const fileTypes: Readonly<Record<NodeStatus['kind'], number>> = {
  file: 1,
  directory: 2,
  'character-device': 3,
  'block-device': 4,
  fifo: 5,
  socket: 6,
  link: 7,
};

/** Major and minor number in 14 and 18 bits (`sysv_encode_dev`), from those of stat(2). */
function encodeDevice(device: bigint): Buffer {
  const major = Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn & 0xffff_ffffn));
  const minor = Number((device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffff_ffffn));
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(major * 2 ** 18 + minor, 0);
  return bytes;
}

/** A link that is too long for the inode; each block has its own header (`struct xfs_dsymlink_hdr`). */
function writeLink({ geometry, space, bytes }: Filler, target: Buffer, owner: number): readonly XfsExtent[] {
  const headerSizeBytes = 56;
  const perBlock = geometry.blockSizeBytes - headerSizeBytes;
  return Array.from({ length: Math.ceil(target.length / perBlock) }, (_, fileBlock) => {
    const part = target.subarray(fileBlock * perBlock, (fileBlock + 1) * perBlock);
    const place = space.takeOne();
    const block = Buffer.alloc(geometry.blockSizeBytes);
    block.write('XSLM', 0, 'latin1');
    block.writeUInt32BE(fileBlock * perBlock, 4);
    block.writeUInt32BE(part.length, 8);
    geometry.uuid.copy(block, 16);
    block.writeBigUInt64BE(BigInt(owner), 32);
    block.writeBigUInt64BE(blockAddress512(geometry, place), 40);
    part.copy(block, headerSizeBytes);
    bytes.write(blockOffsetBytes(geometry, place), sealXfs(block, 12));
    return { fileBlock, place, blockCount: 1 };
  });
}

/** Copies the content; in files with holes, runs of zeros become holes again. */
function copyFile(filler: Filler, node: TreeNode, forkSizeBytes: number): readonly XfsExtent[] {
  const { geometry, buffer } = filler;
  const { blockSizeBytes } = geometry;
  const sizeBytes = node.status.sizeBytes;
  if (sizeBytes === 0) return [];
  const isSparse = node.status.allocatedBytes < sizeBytes;
  // So large that the runs between holes cannot be more than the inode can point to.
  const smallestHoleBlocks = Math.ceil(sizeBytes / blockSizeBytes / (extentCapacity(geometry, forkSizeBytes) - 16));
  const pieceBytes = isSparse ? Math.min(smallestHoleBlocks * blockSizeBytes, buffer.length) : buffer.length;
  const extents: XfsExtent[] = [];
  const file = openSync(node.path, 'r');
  try {
    for (let offsetBytes = 0; offsetBytes < sizeBytes; offsetBytes += pieceBytes) {
      const piece = buffer.subarray(0, Math.min(pieceBytes, sizeBytes - offsetBytes));
      fillBuffer(file, piece, offsetBytes);
      if (isSparse && isZero(piece)) continue;
      extents.push(...writePiece(filler, piece, offsetBytes / blockSizeBytes));
    }
  } finally {
    closeSync(file);
  }
  return extents;
}

function fillBuffer(file: number, piece: Buffer, offsetBytes: number): void {
  let done = 0;
  while (done < piece.length) {
    const count = readSync(file, piece, done, piece.length - done, offsetBytes + done);
    // The file became shorter while it was read: the rest are zeros, as its size was promised already.
    if (count === 0) piece.fill(0, done);
    done = count === 0 ? piece.length : done + count;
  }
}

function isZero(piece: Buffer): boolean {
  return piece[0] === 0 && piece.compare(piece, 0, piece.length - 1, 1) === 0;
}

function writePiece(filler: Filler, piece: Buffer, firstFileBlock: number): readonly XfsExtent[] {
  const { geometry, space, bytes } = filler;
  const neededBlocks = Math.ceil(piece.length / geometry.blockSizeBytes);
  const extents: XfsExtent[] = [];
  for (let done = 0; done < neededBlocks; ) {
    const { group, block, blockCount } = space.take(neededBlocks - done);
    const place = { group, block };
    const from = done * geometry.blockSizeBytes;
    bytes.write(blockOffsetBytes(geometry, place), piece.subarray(from, from + blockCount * geometry.blockSizeBytes));
    extents.push({ fileBlock: firstFileBlock + done, place, blockCount });
    done += blockCount;
  }
  return extents;
}

function timesOf(request: FillXfsRequest, { status }: TreeNode): XfsTimes {
  const { sourceDateEpochSeconds, nowMs } = request;
  if (sourceDateEpochSeconds === undefined)
    return {
      accessNs: status.accessNs,
      modificationNs: status.modificationNs,
      changeNs: status.changeNs,
      creationNs: BigInt(nowMs) * 1_000_000n,
    };
  const limitNs = BigInt(sourceDateEpochSeconds) * 1_000_000_000n;
  const modificationNs = status.modificationNs > limitNs ? limitNs : status.modificationNs;
  return { accessNs: limitNs, modificationNs, changeNs: limitNs, creationNs: limitNs };
}

/** The counts stand in the first superblock only; that there are attributes stands in all. */
function writeSuperblocks(
  { geometry, space, bytes, request }: Filler,
  counts: { readonly addedCount: number; readonly freeCount: number },
): void {
  let takenBlocks = 0;
  for (let group = 0; group < geometry.groupCount; group += 1) takenBlocks += space.takenIn(group);
  for (let group = 0; group < geometry.groupCount; group += 1) {
    const offsetBytes = blockOffsetBytes(geometry, { group, block: 0 });
    const superblock = bytes.read(offsetBytes, geometry.sectorSizeBytes);
    if (request.attributes.size > 0) superblock.writeUInt16BE(superblock.readUInt16BE(100) | attributeBit, 100);
    if (group === 0) {
      superblock.writeBigUInt64BE(superblock.readBigUInt64BE(128) + BigInt(counts.addedCount), 128);
      superblock.writeBigUInt64BE(BigInt(counts.freeCount), 136);
      superblock.writeBigUInt64BE(superblock.readBigUInt64BE(144) - BigInt(takenBlocks), 144);
    }
    bytes.write(offsetBytes, sealXfs(superblock, 224));
  }
}

/** mkfs stamped the two inodes of the (absent) realtime section, right after the root, with its own time. */
function retimeReserved({ geometry, bytes, request }: Filler): void {
  const limitNs = BigInt(request.sourceDateEpochSeconds ?? 0) * 1_000_000_000n;
  const times = { accessNs: limitNs, modificationNs: limitNs, changeNs: limitNs, creationNs: limitNs };
  for (const number of [geometry.rootInode + 1, geometry.rootInode + 2]) {
    const offsetBytes = inodeOffsetBytes(geometry, number);
    const inode = bytes.read(offsetBytes, geometry.inodeSizeBytes);
    bytes.write(offsetBytes, retimeXfsInode(geometry, inode, times));
  }
}

function unsupported(node: TreeNode, what: string): BuildError {
  return new BuildError({
    code: 'FILE_SYSTEM_UNSUPPORTED',
    message: `XFS cannot hold "${node.path.toString('utf8')}": ${what}`,
    hint: 'remove the file or attribute in a cleanup.d hook, use ext4, or DIB_DISK_MODE=loop',
  });
}
