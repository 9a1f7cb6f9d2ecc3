import type { Ports } from '../model/ports.js';
import { artifactPath, type MadeDraft, type Making, madeDraft, openScopedDraft, scoped } from './output-options.js';
import { convertCommand, progressReader } from './qemu-img.js';
import { draftRaw } from './raw.js';
import { writeRawZst } from './raw-zst.js';
import { writeVhd } from './vhd.js';

/** Makes one format from the raw disk, which stays as it is. */
export async function makeDisk(
  making: Making & { readonly rawDiskPath: string; readonly format: string },
  ports: Ports,
): Promise<MadeDraft> {
  const { options, format, rawDiskPath } = making;
  const { sourceDateEpochSeconds } = options;
  if (format === 'raw') {
    const finalPath = artifactPath(options, format);
    return madeDraft(format, scoped(making, await draftRaw({ rawDiskPath, finalPath }, ports)));
  }
  const draft = await openScopedDraft(making, format);
  const outputPath = draft.path;
  if (format === 'raw.zst') {
    await writeRawZst({ rawDiskPath, outputPath }, ports);
  } else if (format === 'vhd') {
    const createdSeconds = sourceDateEpochSeconds ?? Math.floor(ports.clock.nowMs() / 1000);
    await writeVhd({ rawDiskPath, outputPath, createdSeconds }, ports);
  } else {
    await ports.programs.require({
      ...convertCommand({
        rawDiskPath,
        outputPath,
        format,
        compress: options.compress,
        isReproducible: sourceDateEpochSeconds !== undefined,
        cpuCount: options.cpuCount,
        ...(options.qemuImgOptions === undefined ? {} : { qemuImgOptions: options.qemuImgOptions }),
      }),
      onStdout: progressReader((share) => ports.emit({ kind: 'progress', task: `convert to ${format}`, share })),
    });
  }
  return madeDraft(format, draft);
}
