import { blockAddress512, type GroupBlock, sealXfs, type XfsGeometry } from './geometry.js';

/** A name in a directory. */
export interface XfsName {
  readonly name: Buffer;
  readonly inode: number;
  /** 1 file, 2 directory, 3 character device, 4 block device, 5 fifo, 6 socket, 7 link (`XFS_DIR3_FT_*`). */
  readonly fileType: number;
}

/** What a directory holds. Names are in the order in which they are to be listed. */
export interface XfsDirectory {
  readonly inode: number;
  readonly parentInode: number;
  readonly names: readonly XfsName[];
}

/** One block of a directory, at a place of the directory's own address space. */
export interface DirectoryBlock {
  readonly fileBlock: number;
  /** Makes the bytes when its place on disk is known. */
  encode(place: GroupBlock): Buffer;
}

const headerSizeBytes = 64;
const leafSpaceBytes = 2 ** 35;
const freeSpaceBytes = 2 ** 36;

/** A directory that lies in its inode; undefined when it needs more than `limitBytes`. */
export function encodeShortDirectory(directory: XfsDirectory, limitBytes: number): Buffer | undefined {
  const { names, parentInode } = directory;
  const isWide = [parentInode, ...names.map(({ inode }) => inode)].some((inode) => inode > 0xffff_ffff);
  const inodeSizeBytes = isWide ? 8 : 4;
  const sizeBytes = 2 + inodeSizeBytes + names.reduce((sum, { name }) => sum + 4 + name.length + inodeSizeBytes, 0);
  if (sizeBytes > limitBytes || names.length > 255) return undefined;
  const bytes = Buffer.alloc(sizeBytes);
  let at = 2;
  const putInode = (inode: number) => {
    if (isWide) bytes.writeBigUInt64BE(BigInt(inode), at);
    else bytes.writeUInt32BE(inode, at);
    at += inodeSizeBytes;
  };
  bytes[0] = names.length;
  bytes[1] = isWide ? names.length : 0;
  putInode(parentInode);
  // Each name has the place that it would have in a block, after "." and "..".
  let place = headerSizeBytes + entrySizeBytes(1) + entrySizeBytes(2);
  for (const { name, inode, fileType } of names) {
    bytes[at] = name.length;
    bytes.writeUInt16BE(place, at + 1);
    name.copy(bytes, at + 3);
    bytes[at + 3 + name.length] = fileType;
    at += 4 + name.length;
    putInode(inode);
    place += entrySizeBytes(name.length);
  }
  return bytes;
}

/** A directory in blocks: one block, data blocks with one index, or data blocks with a tree of indexes. */
export function layOutDirectory(
  geometry: XfsGeometry,
  directory: XfsDirectory,
): { readonly blocks: readonly DirectoryBlock[]; readonly sizeBytes: number } {
  const { blockSizeBytes } = geometry;
  const names = [
    { name: Buffer.from('.'), inode: directory.inode, fileType: 2 },
    { name: Buffer.from('..'), inode: directory.parentInode, fileType: 2 },
    ...directory.names,
  ];
  const single = packData(names, { firstLimitBytes: blockSizeBytes - 8 - 8 * names.length, blockSizeBytes });
  if (single.length === 1) {
    const encode = (place: GroupBlock) => encodeSingleBlock(geometry, { directory, data: single[0] ?? [], place });
    return { blocks: [{ fileBlock: 0, encode }], sizeBytes: blockSizeBytes };
  }
  const data = packData(names, { firstLimitBytes: blockSizeBytes, blockSizeBytes });
  const dataBlocks = data.map((entries, fileBlock) => ({
    fileBlock,
    encode: (place: GroupBlock) => encodeDataBlock(geometry, { directory, entries, place }),
  }));
  const index = indexOf(data, blockSizeBytes);
  const free = data.map((entries) => blockSizeBytes - endOf(entries));
  return {
    blocks: [...dataBlocks, ...layOutIndex(geometry, { directory, index, free })],
    sizeBytes: data.length * blockSizeBytes,
  };
}

/** The hash of names of directories and attributes (`xfs_da_hashname`). */
export function hashXfsName(name: Uint8Array): number {
  const rotate = (value: number, bits: number) => ((value << bits) | (value >>> (32 - bits))) >>> 0;
  const at = (index: number) => name[index] ?? 0;
  let hash = 0;
  let done = 0;
  for (; name.length - done >= 4; done += 4)
    hash = (at(done) << 21) ^ (at(done + 1) << 14) ^ (at(done + 2) << 7) ^ at(done + 3) ^ rotate(hash, 28);
  const rest = name.length - done;
  if (rest === 3) hash = (at(done) << 14) ^ (at(done + 1) << 7) ^ at(done + 2) ^ rotate(hash, 21);
  if (rest === 2) hash = (at(done) << 7) ^ at(done + 1) ^ rotate(hash, 14);
  if (rest === 1) hash = at(done) ^ rotate(hash, 7);
  return hash >>> 0;
}

interface PlacedName extends XfsName {
  /** In its block. */
  readonly offset: number;
}

interface IndexEntry {
  readonly hash: number;
  /** In the directory, in units of 8 bytes. */
  readonly address: number;
}

/** Inode, length, name, type, tag, rounded up to 8. */
function entrySizeBytes(nameLength: number): number {
  return Math.ceil((8 + 1 + nameLength + 1 + 2) / 8) * 8;
}

function packData(
  names: readonly XfsName[],
  limits: { readonly firstLimitBytes: number; readonly blockSizeBytes: number },
): readonly (readonly PlacedName[])[] {
  const blocks: PlacedName[][] = [[]];
  let offset = headerSizeBytes;
  for (const name of names) {
    const sizeBytes = entrySizeBytes(name.name.length);
    const limitBytes = blocks.length === 1 ? limits.firstLimitBytes : limits.blockSizeBytes;
    if (offset + sizeBytes > limitBytes) {
      blocks.push([]);
      offset = headerSizeBytes;
    }
    blocks.at(-1)?.push({ ...name, offset });
    offset += sizeBytes;
  }
  return blocks;
}

function endOf(entries: readonly PlacedName[]): number {
  const last = entries.at(-1);
  return last === undefined ? headerSizeBytes : last.offset + entrySizeBytes(last.name.length);
}

function indexOf(data: readonly (readonly PlacedName[])[], blockSizeBytes: number): readonly IndexEntry[] {
  return data
    .flatMap((entries, block) =>
      entries.map(({ name, offset }) => ({ hash: hashXfsName(name), address: (block * blockSizeBytes + offset) / 8 })),
    )
    .sort((one, other) => one.hash - other.hash || one.address - other.address);
}

interface BlockContent {
  readonly directory: XfsDirectory;
  readonly place: GroupBlock;
}

function encodeSingleBlock(
  geometry: XfsGeometry,
  content: BlockContent & { readonly data: readonly PlacedName[] },
): Buffer {
  const { data } = content;
  const bytes = startDataBlock(geometry, 'XDB3', content);
  const index = indexOf([data], geometry.blockSizeBytes);
  const indexOffset = bytes.length - 8 - index.length * 8;
  putNames(bytes, data, indexOffset);
  putIndex(bytes, index, indexOffset);
  bytes.writeUInt32BE(index.length, bytes.length - 8);
  return sealXfs(bytes, 4);
}

function encodeDataBlock(
  geometry: XfsGeometry,
  content: BlockContent & { readonly entries: readonly PlacedName[] },
): Buffer {
  const bytes = startDataBlock(geometry, 'XDD3', content);
  putNames(bytes, content.entries, bytes.length);
  return sealXfs(bytes, 4);
}

/** `struct xfs_dir3_blk_hdr`. */
function startDataBlock(geometry: XfsGeometry, magic: string, { directory, place }: BlockContent): Buffer {
  const bytes = Buffer.alloc(geometry.blockSizeBytes);
  bytes.write(magic, 0, 'latin1');
  bytes.writeBigUInt64BE(blockAddress512(geometry, place), 8);
  geometry.uuid.copy(bytes, 24);
  bytes.writeBigUInt64BE(BigInt(directory.inode), 40);
  return bytes;
}

function putNames(bytes: Buffer, entries: readonly PlacedName[], limit: number): void {
  for (const { name, inode, fileType, offset } of entries) {
    bytes.writeBigUInt64BE(BigInt(inode), offset);
    bytes[offset + 8] = name.length;
    name.copy(bytes, offset + 9);
    bytes[offset + 9 + name.length] = fileType;
    bytes.writeUInt16BE(offset, offset + entrySizeBytes(name.length) - 2);
  }
  const end = endOf(entries);
  if (end >= limit) return;
  bytes.writeUInt16BE(0xffff, end);
  bytes.writeUInt16BE(limit - end, end + 2);
  bytes.writeUInt16BE(end, limit - 2);
  bytes.writeUInt16BE(end, 48);
  bytes.writeUInt16BE(limit - end, 50);
}

function putIndex(bytes: Buffer, index: readonly IndexEntry[], offset: number): void {
  for (const [number, { hash, address }] of index.entries()) {
    bytes.writeUInt32BE(hash, offset + number * 8);
    bytes.writeUInt32BE(address, offset + number * 8 + 4);
  }
}

function layOutIndex(
  geometry: XfsGeometry,
  content: {
    readonly directory: XfsDirectory;
    readonly index: readonly IndexEntry[];
    /** Free bytes of each data block. */
    readonly free: readonly number[];
  },
): readonly DirectoryBlock[] {
  const { blockSizeBytes } = geometry;
  const { directory, index, free } = content;
  const firstIndexBlock = leafSpaceBytes / blockSizeBytes;
  if (headerSizeBytes + index.length * 8 + free.length * 2 + 4 <= blockSizeBytes) {
    const encode = (place: GroupBlock) => {
      const bytes = startIndexBlock(geometry, { magic: 0x3df1, directory, place });
      bytes.writeUInt16BE(index.length, 56);
      putIndex(bytes, index, headerSizeBytes);
      for (const [block, freeBytes] of free.entries())
        bytes.writeUInt16BE(freeBytes, blockSizeBytes - 4 - (free.length - block) * 2);
      bytes.writeUInt32BE(free.length, blockSizeBytes - 4);
      return sealXfs(bytes, 12);
    };
    return [{ fileBlock: firstIndexBlock, encode }];
  }
  const perBlock = (blockSizeBytes - headerSizeBytes) / 8;
  const leaves = Array.from({ length: Math.ceil(index.length / perBlock) }, (_, number) =>
    index.slice(number * perBlock, (number + 1) * perBlock),
  );
  if (leaves.length > perBlock) throw new Error('Internal error: a directory of more than 250 000 names');
  const root = {
    fileBlock: firstIndexBlock,
    encode(place: GroupBlock) {
      const bytes = startIndexBlock(geometry, { magic: 0x3ebe, directory, place });
      bytes.writeUInt16BE(leaves.length, 56);
      bytes.writeUInt16BE(1, 58);
      for (const [number, leaf] of leaves.entries()) {
        bytes.writeUInt32BE(leaf.at(-1)?.hash ?? 0, headerSizeBytes + number * 8);
        bytes.writeUInt32BE(firstIndexBlock + 1 + number, headerSizeBytes + number * 8 + 4);
      }
      return sealXfs(bytes, 12);
    },
  };
  const leafBlocks = leaves.map((leaf, number) => ({
    fileBlock: firstIndexBlock + 1 + number,
    encode(place: GroupBlock) {
      const bytes = startIndexBlock(geometry, { magic: 0x3dff, directory, place });
      if (number + 1 < leaves.length) bytes.writeUInt32BE(firstIndexBlock + 2 + number, 0);
      if (number > 0) bytes.writeUInt32BE(firstIndexBlock + number, 4);
      bytes.writeUInt16BE(leaf.length, 56);
      putIndex(bytes, leaf, headerSizeBytes);
      return sealXfs(bytes, 12);
    },
  }));
  return [root, ...leafBlocks, ...layOutFree(geometry, directory, free)];
}

/** `struct xfs_da3_blkinfo`. */
function startIndexBlock(
  geometry: XfsGeometry,
  block: { readonly magic: number; readonly directory: XfsDirectory; readonly place: GroupBlock },
): Buffer {
  const bytes = Buffer.alloc(geometry.blockSizeBytes);
  bytes.writeUInt16BE(block.magic, 8);
  bytes.writeBigUInt64BE(blockAddress512(geometry, block.place), 16);
  geometry.uuid.copy(bytes, 32);
  bytes.writeBigUInt64BE(BigInt(block.directory.inode), 48);
  return bytes;
}

function layOutFree(
  geometry: XfsGeometry,
  directory: XfsDirectory,
  free: readonly number[],
): readonly DirectoryBlock[] {
  const { blockSizeBytes } = geometry;
  const perBlock = (blockSizeBytes - headerSizeBytes) / 2;
  return Array.from({ length: Math.ceil(free.length / perBlock) }, (_, number) => ({
    fileBlock: freeSpaceBytes / blockSizeBytes + number,
    encode(place: GroupBlock) {
      const bytes = startDataBlock(geometry, 'XDF3', { directory, place });
      const part = free.slice(number * perBlock, (number + 1) * perBlock);
      bytes.writeUInt32BE(number * perBlock, 48);
      bytes.writeUInt32BE(part.length, 52);
      bytes.writeUInt32BE(part.length, 56);
      for (const [block, freeBytes] of part.entries()) bytes.writeUInt16BE(freeBytes, headerSizeBytes + block * 2);
      return sealXfs(bytes, 4);
    },
  }));
}
