import { type FileHandle, open } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import { alignUp, formatBytes, gibibyte, mebibyte } from '../base/units.js';
import type { Ports } from '../model/ports.js';
import { dynamicHeader, footer, sectorSizeBytes, vhdChecksum } from './vhd-header.js';

/** A conversion of the raw disk into a dynamic virtual hard disk. */
export interface VhdOptions {
  readonly rawDiskPath: string;
  readonly outputPath: string;
  readonly createdSeconds: number;
}

/** The default block size of the specification, and the only one that Xen takes. */
const blockSizeBytes = 2 * mebibyte;
/** One bit for each sector of a block, in whole sectors. */
const bitmapSizeBytes = blockSizeBytes / sectorSizeBytes / 8;
/** What a dynamic disk holds at most (Virtual Hard Disk Image Format Specification 1.0). */
const largestSizeBytes = 2040 * gibibyte;
const pageSizeBytes = 4096;

/** Where the parts of a dynamic disk lie before its blocks, in bytes. */
interface VhdLayout {
  readonly diskSizeBytes: number;
  readonly blockCount: number;
  readonly tableOffset: number;
  readonly batmapHeaderOffset: number;
  readonly batmapOffset: number;
  readonly batmapSizeBytes: number;
  readonly blocksOffset: number;
}

/**
 * Writes a dynamic virtual hard disk that Xen can use and resize, and qemu and Hyper-V can read.
 *
 * Blocks of zeros are not stored. As its creator is `tap`, version 1.3, it has the map of full blocks that Xen's
 * driver keeps behind the block allocation table, and readers take its size from the footer instead of its geometry.
 *
 * @throws BuildError `LAYOUT_INVALID` when the disk is larger than 2040 GiB
 * @see Virtual Hard Disk Image Format Specification 1.0, Microsoft 2006
 */
export async function writeVhd(options: VhdOptions, ports: Ports): Promise<void> {
  const input = await open(options.rawDiskPath, 'r');
  try {
    const output = await open(options.outputPath, 'w+');
    try {
      const layout = layOutVhd((await input.stat()).size);
      const uniqueId = ports.identities.bytes('vhd-unique-id', 16);
      const closing = footer({ ...options, diskSizeBytes: layout.diskSizeBytes, uniqueId });
      const copied = await copyBlocks({ input, output, layout }, ports);
      await writeAt(output, closing, 0);
      await writeAt(output, dynamicHeader({ ...layout, blockSizeBytes }), sectorSizeBytes);
      await writeAt(output, copied.table, layout.tableOffset);
      await writeAt(output, batmapHeader(layout, copied.batmap), layout.batmapHeaderOffset);
      await writeAt(output, copied.batmap, layout.batmapOffset);
      await writeAt(output, closing, copied.endOffset);
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

function layOutVhd(rawSizeBytes: number): VhdLayout {
  const diskSizeBytes = alignUp(rawSizeBytes, sectorSizeBytes);
  if (diskSizeBytes > largestSizeBytes) {
    throw new BuildError({
      code: 'LAYOUT_INVALID',
      message: `a vhd holds at most 2040 GiB, the disk has ${formatBytes(diskSizeBytes)}`,
      hint: 'use vhdx',
    });
  }
  const blockCount = Math.ceil(diskSizeBytes / blockSizeBytes);
  const tableOffset = 3 * sectorSizeBytes;
  const batmapHeaderOffset = tableOffset + alignUp(blockCount * 4, sectorSizeBytes);
  const batmapOffset = batmapHeaderOffset + sectorSizeBytes;
  const batmapSizeBytes = alignUp(Math.ceil(blockCount / 8), sectorSizeBytes);
  const blocksOffset = batmapOffset + batmapSizeBytes;
  return { diskSizeBytes, blockCount, tableOffset, batmapHeaderOffset, batmapOffset, batmapSizeBytes, blocksOffset };
}

async function copyBlocks(
  disk: { readonly input: FileHandle; readonly output: FileHandle; readonly layout: VhdLayout },
  ports: Ports,
): Promise<{ readonly table: Buffer; readonly batmap: Buffer; readonly endOffset: number }> {
  const { input, output, layout } = disk;
  const table = Buffer.alloc(layout.batmapHeaderOffset - layout.tableOffset, 0xff);
  const batmap = Buffer.alloc(layout.batmapSizeBytes);
  const zeros = Buffer.alloc(blockSizeBytes);
  const block = Buffer.alloc(bitmapSizeBytes + blockSizeBytes, 0xff);
  const content = block.subarray(bitmapSizeBytes);
  let nextOffset = layout.blocksOffset;
  let lastPercent = 0;
  for (let index = 0; index < layout.blockCount; index += 1) {
    ports.signal.throwIfAborted();
    await readBlock(input, content, index * blockSizeBytes);
    if (content.equals(zeros)) continue;
    // The content, not the bitmap before it, begins at a page.
    const blockOffset = alignUp(nextOffset + bitmapSizeBytes, pageSizeBytes) - bitmapSizeBytes;
    await writeAt(output, block, blockOffset);
    table.writeUInt32BE(blockOffset / sectorSizeBytes, index * 4);
    batmap[index >> 3] = (batmap[index >> 3] ?? 0) | (0x80 >> (index & 7));
    nextOffset = blockOffset + block.length;
    const percent = Math.floor((100 * (index + 1)) / layout.blockCount);
    if (percent > lastPercent) ports.emit({ kind: 'progress', task: 'convert to vhd', share: percent / 100 });
    lastPercent = percent;
  }
  return { table, batmap, endOffset: nextOffset };
}

/** The map of full blocks: `tdbatmap`, its place in bytes, its length in sectors, version 1.2, and its checksum. */
function batmapHeader(layout: VhdLayout, batmap: Buffer): Buffer {
  const header = Buffer.alloc(sectorSizeBytes);
  header.write('tdbatmap', 0, 'latin1');
  header.writeBigUInt64BE(BigInt(layout.batmapOffset), 8);
  header.writeUInt32BE(layout.batmapSizeBytes / sectorSizeBytes, 16);
  header.writeUInt32BE(0x00010002, 20);
  header.writeUInt32BE(vhdChecksum(batmap), 24);
  return header;
}

/** Fills the buffer from the file; what lies behind the file's end is zeros. */
async function readBlock(input: FileHandle, content: Buffer, offset: number): Promise<void> {
  let filledBytes = 0;
  while (filledBytes < content.length) {
    const { bytesRead } = await input.read(content, filledBytes, content.length - filledBytes, offset + filledBytes);
    if (bytesRead === 0) break;
    filledBytes += bytesRead;
  }
  content.fill(0, filledBytes);
}

async function writeAt(output: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let writtenBytes = 0;
  while (writtenBytes < bytes.length) {
    const { bytesWritten } = await output.write(
      bytes,
      writtenBytes,
      bytes.length - writtenBytes,
      offset + writtenBytes,
    );
    writtenBytes += bytesWritten;
  }
}
