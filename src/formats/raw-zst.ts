import type { Ports } from '../model/ports.js';
import { writeToFile } from './fan-out.js';
import { zstdCommand } from './tar-zst.js';

/** Compresses the raw disk with zstd; its length is not in the header, as it comes as a stream. */
export async function writeRawZst(
  disk: { readonly rawDiskPath: string; readonly outputPath: string },
  ports: Ports,
): Promise<void> {
  const zstd = zstdCommand();
  await ports.programs.requirePipeline([
    { ...zstd, arguments: [...zstd.arguments, '--', disk.rawDiskPath] },
    writeToFile(disk.outputPath),
  ]);
}
