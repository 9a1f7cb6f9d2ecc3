import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { alignDown, kibibyte } from '../../base/units.js';
import type { ReadBytes } from '../../disk/superblock.js';
import type { Programs } from '../../model/ports.js';

/** An image that is read in place. */
export interface DiskReader {
  readonly read: ReadBytes;
  /** Of the disk, not of the file. */
  readonly sizeBytes: number;
  close(): Promise<void>;
}

/**
 * Opens the disk in an image file of any format that qemu-img knows. Raw files are read directly; of others only the
 * pieces that are asked for are taken out, so neither a network block device nor a copy of the disk is needed.
 *
 * @param format in QEMU's words
 * @param scratchDirectory existing directory for the pieces
 */
export async function openDiskReader(
  image: { readonly imagePath: string; readonly format: string; readonly scratchDirectory: string },
  programs: Programs,
): Promise<DiskReader> {
  if (image.format === 'raw') {
    const file = await open(image.imagePath, 'r');
    const { size } = await file.stat();
    return { read: (offset, length) => readRun(file, offset, length), sizeBytes: size, close: () => file.close() };
  }
  const sizeBytes = await virtualSize(image.imagePath, programs);
  const pieces = new Map<number, Promise<Buffer>>();
  const pieceAt = (offsetBytes: number): Promise<Buffer> => {
    const known = pieces.get(offsetBytes);
    if (known !== undefined) return known;
    const piece = takePiece({ ...image, offsetBytes, sizeBytes }, programs);
    pieces.set(offsetBytes, piece);
    return piece;
  };
  return {
    sizeBytes,
    close: async () => undefined,
    async read(offsetBytes, lengthBytes) {
      const parts: Buffer[] = [];
      const first = alignDown(offsetBytes, pieceSizeBytes);
      for (let at = first; at < offsetBytes + lengthBytes; at += pieceSizeBytes) parts.push(await pieceAt(at));
      return Buffer.concat(parts).subarray(offsetBytes - first, offsetBytes - first + lengthBytes);
    },
  };
}

const pieceSizeBytes = 128 * kibibyte;

/** Zeros where the file ends. */
async function readRun(file: FileHandle, offsetBytes: number, lengthBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  let doneBytes = 0;
  while (doneBytes < lengthBytes) {
    const { bytesRead } = await file.read(bytes, doneBytes, lengthBytes - doneBytes, offsetBytes + doneBytes);
    if (bytesRead === 0) break;
    doneBytes += bytesRead;
  }
  return bytes;
}

async function virtualSize(imagePath: string, programs: Programs): Promise<number> {
  const { stdout } = await programs.require({ program: 'qemu-img', arguments: ['info', '--output=json', imagePath] });
  return (JSON.parse(stdout) as { readonly 'virtual-size': number })['virtual-size'];
}

async function takePiece(
  piece: {
    readonly imagePath: string;
    readonly format: string;
    readonly scratchDirectory: string;
    readonly offsetBytes: number;
    readonly sizeBytes: number;
  },
  programs: Programs,
): Promise<Buffer> {
  const bytes = Buffer.alloc(pieceSizeBytes);
  if (piece.offsetBytes >= piece.sizeBytes) return bytes;
  const piecePath = join(piece.scratchDirectory, `${piece.offsetBytes}.piece`);
  // The driver "raw" shows a part of what lies below it (qemu-blockdev-options). Not `qemu-img dd`: its count has meant
  // different things in different versions.
  const source = {
    driver: 'raw',
    offset: piece.offsetBytes,
    size: Math.min(pieceSizeBytes, piece.sizeBytes - piece.offsetBytes),
    file: { driver: piece.format, file: { driver: 'file', filename: piece.imagePath } },
  };
  await programs.require({
    program: 'qemu-img',
    arguments: ['convert', '-O', 'raw', `json:${JSON.stringify(source)}`, piecePath],
  });
  const file = await open(piecePath, 'r');
  try {
    await file.read(bytes, 0, bytes.length, 0);
  } finally {
    await file.close();
  }
  return bytes;
}
