import { BuildError } from '../base/build-error.js';
import { crc32c } from './crc32c.js';

/** What a thin pool and its volumes take. */
export interface ThinPoolContent {
  readonly name: string;
  readonly metadataSizeBytes: number;
  readonly dataSizeBytes: number;
  readonly chunkSizeBytes: number;
  readonly transactionId: number;
  /** Every chunk of a volume is mapped, in order, from `firstChunk` of the pool on. */
  readonly volumes: readonly {
    readonly deviceId: number;
    readonly firstChunk: number;
    readonly chunkCount: number;
  }[];
}

/** Metadata is kept in blocks of this size. */
export const thinBlockSizeBytes = 4096;

/** What is mixed into the checksum of each kind of block. */
const salts = { superblock: 160_774, node: 121_107, bitmap: 240_779, index: 160_478 };
const nodeHeaderSizeBytes = 32;
const bitmapHeaderSizeBytes = 16;
/** Two bits for each block. */
const entriesPerBitmap = (thinBlockSizeBytes - bitmapHeaderSizeBytes) * 4;
const maximumMetadataBitmaps = 255;

interface Writer {
  readonly blocks: Buffer[];
  add(salt: number, fill: (bytes: Buffer, blockNumber: number) => void): number;
}

/**
 * The metadata of a thin pool: superblock, tree of mappings, tree of devices, both space maps. Blocks from the first
 * on, without gaps; what follows them is zero.
 *
 * @throws BuildError `LAYOUT_TOO_SMALL` when the metadata volume cannot hold them
 * @see Linux `drivers/md/dm-thin-metadata.c`, `drivers/md/persistent-data/dm-btree-internal.h`, `dm-space-map-common.h`
 */
export function encodeThinMetadata(pool: ThinPoolContent): Buffer {
  const metadataBlocks = Math.min(
    Math.floor(pool.metadataSizeBytes / thinBlockSizeBytes),
    maximumMetadataBitmaps * entriesPerBitmap,
  );
  const dataChunks = Math.floor(pool.dataSizeBytes / pool.chunkSizeBytes);
  const blocks: Buffer[] = [Buffer.alloc(thinBlockSizeBytes)];
  const writer: Writer = {
    blocks,
    add(salt, fill) {
      const bytes = Buffer.alloc(thinBlockSizeBytes);
      const blockNumber = blocks.push(bytes) - 1;
      fill(bytes, blockNumber);
      bytes.writeBigUInt64LE(BigInt(blockNumber), 8);
      bytes.writeUInt32LE(checksum(bytes, salt), 0);
      return blockNumber;
    },
  };
  const mappingRoot = writeMappings(writer, pool);
  const detailsRoot = writeTree(writer, {
    valueSizeBytes: 24,
    keys: pool.volumes.map(({ deviceId }) => deviceId),
    encodeValue: (index) => encodeDetails(pool.volumes[index]?.chunkCount ?? 0, index),
  });
  const usedChunks = pool.volumes.map(({ firstChunk, chunkCount }) => ({ first: firstChunk, count: chunkCount }));
  const dataMap = writeDataMap(writer, { chunkCount: dataChunks, used: usedChunks });
  const metadataMap = writeMetadataMap(writer, metadataBlocks);
  if (blocks.length > metadataBlocks)
    throw new BuildError({
      code: 'LAYOUT_TOO_SMALL',
      message: `the metadata of thin pool "${pool.name}" takes ${blocks.length} blocks of 4096 bytes, its volume has ${metadataBlocks}`,
    });
  writeSuperblock(blocks[0] ?? Buffer.alloc(0), {
    pool,
    mappingRoot,
    detailsRoot,
    dataMap,
    metadataMap,
    metadataBlocks,
  });
  return Buffer.concat(blocks);
}

/** A tree of trees: device → (chunk of the volume → chunk of the pool, and the time of mapping, which is 0). */
function writeMappings(writer: Writer, pool: ThinPoolContent): number {
  const roots = pool.volumes.map(({ firstChunk, chunkCount }) =>
    writeTree(writer, {
      valueSizeBytes: 8,
      keys: { length: chunkCount },
      encodeValue: (index) => encodeNumber(BigInt(firstChunk + index) << 24n),
    }),
  );
  return writeTree(writer, {
    valueSizeBytes: 8,
    keys: pool.volumes.map(({ deviceId }) => deviceId),
    encodeValue: (index) => encodeNumber(BigInt(roots[index] ?? 0)),
  });
}

interface Tree {
  readonly valueSizeBytes: number;
  /** Ascending; a length alone stands for 0, 1, 2 … */
  readonly keys: readonly number[] | { readonly length: number };
  encodeValue(index: number): Buffer;
}

/** Writes leaves, then the nodes above them; gives the block of the root. */
function writeTree(writer: Writer, tree: Tree): number {
  const { keys, valueSizeBytes, encodeValue } = tree;
  const keyOf = (index: number) => (Array.isArray(keys) ? Number(keys[index]) : index);
  let level = writeLevel(writer, { count: keys.length, valueSizeBytes, flags: 2, keyOf, encodeValue });
  while (level.length > 1) {
    const below = level;
    level = writeLevel(writer, {
      count: below.length,
      valueSizeBytes: 8,
      flags: 1,
      keyOf: (index) => below[index]?.firstKey ?? 0,
      encodeValue: (index) => encodeNumber(BigInt(below[index]?.blockNumber ?? 0)),
    });
  }
  return level[0]?.blockNumber ?? 0;
}

function writeLevel(
  writer: Writer,
  level: {
    readonly count: number;
    readonly valueSizeBytes: number;
    readonly flags: number;
    keyOf(index: number): number;
    encodeValue(index: number): Buffer;
  },
): readonly { readonly blockNumber: number; readonly firstKey: number }[] {
  const { count, valueSizeBytes, flags, keyOf, encodeValue } = level;
  // A multiple of three, so that a third is the least that a node may hold.
  const capacity = Math.floor((thinBlockSizeBytes - nodeHeaderSizeBytes) / (8 + valueSizeBytes) / 3) * 3;
  const nodeCount = Math.max(1, Math.ceil(count / capacity));
  return Array.from({ length: nodeCount }, (_, node) => {
    const first = Math.floor((node * count) / nodeCount);
    const end = Math.floor(((node + 1) * count) / nodeCount);
    const blockNumber = writer.add(salts.node, (bytes) => {
      bytes.writeUInt32LE(flags, 4);
      bytes.writeUInt32LE(end - first, 16);
      bytes.writeUInt32LE(capacity, 20);
      bytes.writeUInt32LE(valueSizeBytes, 24);
      for (let index = first; index < end; index += 1) {
        bytes.writeBigUInt64LE(BigInt(keyOf(index)), nodeHeaderSizeBytes + (index - first) * 8);
        encodeValue(index).copy(bytes, nodeHeaderSizeBytes + capacity * 8 + (index - first) * valueSizeBytes);
      }
    });
    return { blockNumber, firstKey: count === 0 ? 0 : keyOf(first) };
  });
}

interface Usage {
  readonly chunkCount: number;
  readonly used: readonly { readonly first: number; readonly count: number }[];
}

interface SpaceMap {
  readonly entryCount: number;
  readonly usedCount: number;
  readonly bitmapRoot: number;
  readonly countRoot: number;
}

function writeDataMap(writer: Writer, usage: Usage): SpaceMap {
  const { chunkCount, used } = usage;
  const entries = Array.from({ length: Math.ceil(chunkCount / entriesPerBitmap) }, (_, index) =>
    writeBitmap(writer, { first: index * entriesPerBitmap, chunkCount, used }),
  );
  const bitmapRoot = writeTree(writer, {
    valueSizeBytes: 16,
    keys: { length: entries.length },
    encodeValue: (index) => entries[index] ?? Buffer.alloc(16),
  });
  const usedCount = used.reduce((sum, { count }) => sum + count, 0);
  return { entryCount: chunkCount, usedCount, bitmapRoot, countRoot: writeCounts(writer) };
}

/** The map of the metadata itself comes last and counts its own blocks, too. */
function writeMetadataMap(writer: Writer, metadataBlocks: number): SpaceMap {
  const countRoot = writeCounts(writer);
  const bitmapCount = Math.ceil(metadataBlocks / entriesPerBitmap);
  const usedCount = writer.blocks.length + bitmapCount + 1;
  const used = [{ first: 0, count: usedCount }];
  const entries = Array.from({ length: bitmapCount }, (_, index) =>
    writeBitmap(writer, { first: index * entriesPerBitmap, chunkCount: metadataBlocks, used }),
  );
  const bitmapRoot = writer.add(salts.index, (bytes) => {
    for (const [index, entry] of entries.entries()) entry.copy(bytes, 16 + index * 16);
  });
  return { entryCount: metadataBlocks, usedCount, bitmapRoot, countRoot };
}

/** Counts above 2 would stand here; nothing is shared in a new pool. */
function writeCounts(writer: Writer): number {
  return writeTree(writer, { valueSizeBytes: 4, keys: [], encodeValue: () => Buffer.alloc(4) });
}

/** Writes one bitmap; gives its index entry: block, free entries, first free entry. */
function writeBitmap(writer: Writer, part: Usage & { readonly first: number }): Buffer {
  const { first, chunkCount, used } = part;
  const count = Math.min(entriesPerBitmap, chunkCount - first);
  const isUsed = new Uint8Array(count);
  for (const run of used) isUsed.fill(1, Math.max(run.first - first, 0), Math.max(run.first + run.count - first, 0));
  const blockNumber = writer.add(salts.bitmap, (bytes) => {
    for (const [index, value] of isUsed.entries()) {
      if (value === 0) continue;
      const at = bitmapHeaderSizeBytes + (index >> 2);
      // The higher bit of each pair is the lower one of the count.
      bytes[at] = (bytes[at] ?? 0) | (2 << ((index & 3) * 2));
    }
  });
  const firstFree = isUsed.indexOf(0);
  const entry = Buffer.alloc(16);
  entry.writeBigUInt64LE(BigInt(blockNumber), 0);
  entry.writeUInt32LE(
    isUsed.reduce((sum, value) => sum + 1 - value, 0),
    8,
  );
  entry.writeUInt32LE(firstFree < 0 ? count : firstFree, 12);
  return entry;
}

function encodeDetails(mappedChunks: number, index: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(BigInt(mappedChunks), 0);
  bytes.writeBigUInt64LE(BigInt(index), 8);
  return bytes;
}

function writeSuperblock(
  bytes: Buffer,
  content: {
    readonly pool: ThinPoolContent;
    readonly mappingRoot: number;
    readonly detailsRoot: number;
    readonly dataMap: SpaceMap;
    readonly metadataMap: SpaceMap;
    readonly metadataBlocks: number;
  },
): void {
  const { pool } = content;
  bytes.writeBigUInt64LE(27_022_010n, 32);
  bytes.writeUInt32LE(2, 40);
  bytes.writeBigUInt64LE(BigInt(pool.transactionId), 48);
  for (const [map, offset] of [
    [content.dataMap, 64],
    [content.metadataMap, 192],
  ] as const)
    for (const [index, value] of [map.entryCount, map.usedCount, map.bitmapRoot, map.countRoot].entries())
      bytes.writeBigUInt64LE(BigInt(value), offset + index * 8);
  bytes.writeBigUInt64LE(BigInt(content.mappingRoot), 320);
  bytes.writeBigUInt64LE(BigInt(content.detailsRoot), 328);
  bytes.writeUInt32LE(pool.chunkSizeBytes / 512, 336);
  bytes.writeUInt32LE(thinBlockSizeBytes / 512, 340);
  bytes.writeBigUInt64LE(BigInt(content.metadataBlocks), 344);
  bytes.writeUInt32LE(checksum(bytes, salts.superblock), 0);
}

function checksum(bytes: Buffer, salt: number): number {
  return (crc32c(bytes.subarray(4), 0xffff_ffff) ^ salt) >>> 0;
}

function encodeNumber(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
