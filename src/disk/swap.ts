import { open } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import { writeRuns } from './byte-run.js';
import { uuidBytes } from './guid.js';
import type { PopulateRequest } from './run-mkfs.js';

/** What a swap header says. */
export interface SwapContent {
  readonly sizeBytes: number;
  /** The page size of the machine that will run the image, not of this one. */
  readonly pageSizeBytes: number;
  readonly uuid: string;
  readonly label: string;
}

const signature = 'SWAPSPACE2';
/** 16 bytes with the closing NUL. */
const maximumLabelBytes = 15;

/**
 * The first page of a swap area (Linux `include/linux/swap.h`, `union swap_header`).
 *
 * @throws BuildError `LAYOUT_INVALID` for fewer than ten pages or a label over 15 bytes
 */
export function encodeSwapHeader(content: SwapContent): Buffer {
  const { sizeBytes, pageSizeBytes, uuid, label } = content;
  const pageCount = Math.floor(sizeBytes / pageSizeBytes);
  // mkswap's own minimum.
  if (pageCount < 10)
    throw new BuildError({
      code: 'LAYOUT_INVALID',
      message: `swap area "${label}" of ${sizeBytes} bytes is too small, ${10 * pageSizeBytes} are needed`,
    });
  const labelBytes = Buffer.from(label, 'utf8');
  if (labelBytes.length > maximumLabelBytes)
    throw new BuildError({
      code: 'LAYOUT_INVALID',
      message: `swap label "${label}" has ${labelBytes.length} bytes, ${maximumLabelBytes} fit`,
    });
  const page = Buffer.alloc(pageSizeBytes);
  page.writeUInt32LE(1, 1024);
  page.writeUInt32LE(Math.min(pageCount - 1, 0xffff_ffff), 1028);
  uuidBytes(uuid).copy(page, 1036);
  labelBytes.copy(page, 1052);
  page.write(signature, pageSizeBytes - signature.length, 'latin1');
  return page;
}

/** Makes a swap area. The page size is 4096 unless the options say `-p BYTES`, as mkswap's do. */
export async function populateSwap(request: PopulateRequest): Promise<void> {
  const { filePath, offsetBytes, sizeBytes, fileSystem } = request;
  const { uuid, label } = fileSystem;
  const page = encodeSwapHeader({ sizeBytes, pageSizeBytes: pageSizeOf(fileSystem.options), uuid, label });
  const file = await open(filePath, 'r+');
  try {
    await writeRuns(file, [{ offsetBytes, bytes: page }]);
  } finally {
    await file.close();
  }
}

function pageSizeOf(options: readonly string[]): number {
  const at = options.findIndex((option) => option === '-p' || option === '--pagesize');
  if (at < 0) return 4096;
  const pageSizeBytes = Number(options[at + 1]);
  if ([4096, 8192, 16384, 65536].includes(pageSizeBytes)) return pageSizeBytes;
  throw new BuildError({
    code: 'LAYOUT_INVALID',
    message: `swap page size "${options[at + 1] ?? ''}" is not 4096, 8192, 16384 or 65536`,
  });
}
