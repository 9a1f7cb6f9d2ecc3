import type { FileHandle } from 'node:fs/promises';

/** Bytes that belong at a place of a disk. */
export interface ByteRun {
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
}

/** Writes runs at their places, in order; what lies between them is not touched. */
export async function writeRuns(file: FileHandle, runs: readonly ByteRun[]): Promise<void> {
  for (const { offsetBytes, bytes } of runs) {
    let writtenBytes = 0;
    while (writtenBytes < bytes.length) {
      const { bytesWritten } = await file.write(
        bytes,
        writtenBytes,
        bytes.length - writtenBytes,
        offsetBytes + writtenBytes,
      );
      writtenBytes += bytesWritten;
    }
  }
}
