import { open } from 'node:fs/promises';
import type { Scope } from '../base/scope.js';
import { alignDown, alignUp } from '../base/units.js';
import type { Ports } from '../model/ports.js';
import type { ReadBytes } from './superblock.js';

/** What qemu's drivers count in. */
const blockSizeBytes = 512;

/** An image of any format, as the disk that it holds. */
export interface OpenImage {
  readonly read: ReadBytes;
  readonly sizeBytes: number;
}

/**
 * Opens an image for `inspectDisk`: raw files directly, others (qcow2, vmdk, vhd …) through qemu-img.
 *
 * @param scratchDirectory where qemu-img puts the pieces that were asked for
 * @throws BuildError `COMMAND_FAILED` when qemu-img cannot read the file
 */
export async function openImage(
  image: { readonly imagePath: string; readonly scratchDirectory: string },
  ports: Ports,
  scope: Scope,
): Promise<OpenImage> {
  const { imagePath, scratchDirectory } = image;
  const description = await ports.programs.require({
    program: 'qemu-img',
    arguments: ['info', '--output=json', imagePath],
  });
  const parsed: { readonly format: string; readonly 'virtual-size': number } = JSON.parse(description.stdout);
  const sizeBytes = parsed['virtual-size'];
  if (parsed.format === 'raw') {
    const file = await open(imagePath, 'r');
    scope.onClose(imagePath, () => file.close());
    return { sizeBytes, read: (offsetBytes, lengthBytes) => readFrom(file, offsetBytes, lengthBytes) };
  }
  const piecePath = `${scratchDirectory}/piece.raw`;
  return {
    sizeBytes,
    async read(offsetBytes, lengthBytes) {
      if (offsetBytes >= sizeBytes) return Buffer.alloc(lengthBytes);
      const startBytes = alignDown(offsetBytes, blockSizeBytes);
      const endBytes = Math.min(alignUp(offsetBytes + lengthBytes, blockSizeBytes), sizeBytes);
      // Not `qemu-img dd`: what its count means beside skip is not the same in all versions.
      const source = [
        'driver=raw',
        `offset=${startBytes}`,
        `size=${endBytes - startBytes}`,
        `file.driver=${parsed.format}`,
        `file.file.filename=${imagePath.replaceAll(',', ',,')}`,
      ];
      await ports.programs.require({
        program: 'qemu-img',
        arguments: ['convert', '--image-opts', '-O', 'raw', source.join(','), piecePath],
      });
      const piece = await open(piecePath, 'r');
      try {
        return await readFrom(piece, offsetBytes - startBytes, lengthBytes);
      } finally {
        await piece.close();
      }
    },
  };
}

async function readFrom(
  file: Awaited<ReturnType<typeof open>>,
  offsetBytes: number,
  lengthBytes: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(lengthBytes);
  await file.read(bytes, 0, lengthBytes, offsetBytes);
  return bytes;
}
