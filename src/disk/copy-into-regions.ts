import { type FileHandle, open } from 'node:fs/promises';
import { mebibyte } from '../base/units.js';
import type { DataRange } from './data-ranges.js';

/** A run of bytes of a file. */
export interface FileRegion {
  readonly filePath: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

const blockSizeBytes = 1 * mebibyte;
/** What is skipped when it is zeros: the block size of the usual file systems. */
const pageSizeBytes = 4096;
const zeros = Buffer.alloc(blockSizeBytes);

/**
 * Spreads data of a file over regions of others that stand for it in order. Zeros are not written: the regions read as
 * zeros already, so holes stay holes. Memory does not depend on the size.
 */
export async function copyIntoRegions(copy: {
  readonly sourcePath: string;
  readonly regions: readonly FileRegion[];
  /** What of the source is copied, see `readDataRanges`. */
  readonly ranges: readonly DataRange[];
}): Promise<void> {
  const source = await open(copy.sourcePath, 'r');
  try {
    let regionStartBytes = 0;
    for (const region of copy.regions) {
      const target = await open(region.filePath, 'r+');
      try {
        for (const range of copy.ranges) {
          const fromBytes = Math.max(range.offsetBytes, regionStartBytes);
          const toBytes = Math.min(range.offsetBytes + range.sizeBytes, regionStartBytes + region.sizeBytes);
          const targetOffsetBytes = region.offsetBytes + fromBytes - regionStartBytes;
          if (fromBytes < toBytes) await copyRun({ source, fromBytes, toBytes, target, targetOffsetBytes });
        }
      } finally {
        await target.close();
      }
      regionStartBytes += region.sizeBytes;
    }
  } finally {
    await source.close();
  }
}

async function copyRun(run: {
  readonly source: FileHandle;
  readonly fromBytes: number;
  readonly toBytes: number;
  readonly target: FileHandle;
  readonly targetOffsetBytes: number;
}): Promise<void> {
  const { source, fromBytes, toBytes, target, targetOffsetBytes } = run;
  const block = Buffer.allocUnsafe(blockSizeBytes);
  let atBytes = fromBytes;
  while (atBytes < toBytes) {
    const { bytesRead } = await source.read(block, 0, Math.min(blockSizeBytes, toBytes - atBytes), atBytes);
    if (bytesRead === 0) return;
    for (const [from, to] of dataRuns(block.subarray(0, bytesRead)))
      await target.write(block, from, to - from, targetOffsetBytes + atBytes - fromBytes + from);
    atBytes += bytesRead;
  }
}

function dataRuns(block: Buffer): readonly (readonly [number, number])[] {
  if (block.equals(zeros.subarray(0, block.length))) return [];
  const runs: [number, number][] = [];
  for (let from = 0; from < block.length; from += pageSizeBytes) {
    const to = Math.min(from + pageSizeBytes, block.length);
    if (block.compare(zeros, 0, to - from, from, to) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === from) last[1] = to;
    else runs.push([from, to]);
  }
  return runs;
}
