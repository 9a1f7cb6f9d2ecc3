import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError, throwFaults } from '../base/build-error.js';
import { describeFormat } from '../base/format-table.js';
import { mebibyte } from '../base/units.js';
import type { Ports } from '../model/ports.js';
import type { OutputOptions } from './output-options.js';
import { convertCommand } from './qemu-img.js';

/**
 * Tries qemu-img's conversions on a small empty disk, so that an option or a format that it refuses is known before
 * anything is built. Without qemu-img nothing is tried: that it is missing is told elsewhere.
 *
 * @throws BuildError `USAGE` for each format that is refused; BuildErrors for several
 */
export async function checkConversions(
  options: Pick<OutputOptions, 'formats' | 'compress' | 'qemuImgOptions' | 'scratchDirectory'>,
  ports: Ports,
): Promise<void> {
  const formats = options.formats.filter((format) =>
    describeFormat(format).programs.some(({ program }) => program === 'qemu-img'),
  );
  if (formats.length === 0 || ports.programs.find('qemu-img') === undefined) return;
  const directory = await mkdtemp(join(options.scratchDirectory ?? tmpdir(), 'dib-check-'));
  try {
    const rawDiskPath = join(directory, 'disk');
    await writeFile(rawDiskPath, '');
    await truncate(rawDiskPath, mebibyte);
    const faults = await Promise.all(
      formats.map((format) =>
        tryConversion({ ...options, format, rawDiskPath, outputPath: join(directory, format) }, ports),
      ),
    );
    throwFaults(faults.filter((fault) => fault !== undefined));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function tryConversion(
  trial: Pick<OutputOptions, 'compress' | 'qemuImgOptions'> & {
    readonly format: string;
    readonly rawDiskPath: string;
    readonly outputPath: string;
  },
  ports: Ports,
): Promise<BuildError | undefined> {
  const result = await ports.programs.run(convertCommand({ ...trial, isReproducible: false, cpuCount: 1 }));
  if (result.exitStatus === 0) return undefined;
  const words = result.stderr.trim().split('\n').at(-1)?.replaceAll(trial.outputPath, 'the disk') ?? '';
  return new BuildError({
    code: 'USAGE',
    message: `qemu-img refuses format ${trial.format}: ${words}`,
    ...(trial.qemuImgOptions === undefined
      ? {}
      : {
          where: '--qemu-img-options',
          hint: `the options are used for every format of qemu-img: ${trial.qemuImgOptions}`,
        }),
  });
}
