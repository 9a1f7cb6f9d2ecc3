import { type FileHandle, open } from 'node:fs/promises';
import { mebibyte } from '../base/units.js';

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
 * Spreads a file over regions of others, in order. Zeros are not written: the regions read as zeros already, so
 * holes stay holes. Memory does not depend on the size.
 */
export async function copyIntoRegions(sourcePath: string, regions: readonly FileRegion[]): Promise<void> {
  const source = await open(sourcePath, 'r');
  try {
    let sourceOffsetBytes = 0;
    for (const region of regions) {
      const target = await open(region.filePath, 'r+');
      try {
        await copyRun({ source, sourceOffsetBytes, target, region });
      } finally {
        await target.close();
      }
      sourceOffsetBytes += region.sizeBytes;
    }
  } finally {
    await source.close();
  }
}

async function copyRun(run: {
  readonly source: FileHandle;
  readonly sourceOffsetBytes: number;
  readonly target: FileHandle;
  readonly region: FileRegion;
}): Promise<void> {
  const { source, sourceOffsetBytes, target, region } = run;
  const block = Buffer.allocUnsafe(blockSizeBytes);
  let doneBytes = 0;
  while (doneBytes < region.sizeBytes) {
    const wantedBytes = Math.min(blockSizeBytes, region.sizeBytes - doneBytes);
    const { bytesRead } = await source.read(block, 0, wantedBytes, sourceOffsetBytes + doneBytes);
    if (bytesRead === 0) return;
    for (const [from, to] of dataRuns(block.subarray(0, bytesRead)))
      await target.write(block, from, to - from, region.offsetBytes + doneBytes + from);
    doneBytes += bytesRead;
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
