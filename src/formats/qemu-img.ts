import type { Command } from '../model/ports.js';

/** A conversion of the raw disk. */
export interface Conversion {
  readonly rawDiskPath: string;
  readonly outputPath: string;
  /** A format name of qemu-img. */
  readonly format: string;
  readonly compress: boolean;
  /** `key=value` options, comma separated, as the caller gave them. */
  readonly qemuImgOptions?: string;
  /** Refuses what would make two runs differ. */
  readonly isReproducible: boolean;
  readonly cpuCount: number;
}

/** Formats that qemu-img writes in any order of clusters. */
const outOfOrderFormats: ReadonlySet<string> = new Set(['qcow2', 'vmdk', 'vhdx', 'raw']);

/**
 * The qemu-img command of a conversion.
 *
 * qcow2 is compressed with zstd clusters unless the caller's options name a compression or the version that has none.
 * Clusters are written out of order, which keeps all cores busy but puts them at places that differ from run to run;
 * with `isReproducible` they are written in order.
 */
export function convertCommand(conversion: Conversion): Command {
  const { format } = conversion;
  const isCompressed = format === 'qcow2' && conversion.compress;
  const options = [
    ...(isCompressed && acceptsZstd(conversion.qemuImgOptions) ? ['compression_type=zstd'] : []),
    ...(conversion.qemuImgOptions === undefined || conversion.qemuImgOptions === '' ? [] : [conversion.qemuImgOptions]),
  ].join(',');
  return {
    program: 'qemu-img',
    arguments: [
      'convert',
      '-p',
      ...(isCompressed ? ['-c'] : []),
      ...(outOfOrderFormats.has(format) && !conversion.isReproducible ? ['-W'] : []),
      // At most 16 (qemu-img(1)).
      ...['-m', String(Math.min(16, Math.max(8, conversion.cpuCount * 2)))],
      ...['-f', 'raw', '-O', format],
      ...(options === '' ? [] : ['-o', options]),
      conversion.rawDiskPath,
      conversion.outputPath,
    ],
  };
}

/**
 * Reads what `qemu-img -p` prints, `    (12.34/100%)` and a carriage return, in pieces of any length.
 *
 * @param onShare called with each new whole percent, as 0 to 1
 */
export function progressReader(onShare: (share: number) => void): (text: string) => void {
  let rest = '';
  let lastPercent = -1;
  return (text) => {
    const pieces = (rest + text).split('\r');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const percent = Math.floor(Number(/\(([\d.]+)\/100%\)/.exec(piece)?.[1] ?? Number.NaN));
      if (Number.isNaN(percent) || percent === lastPercent) continue;
      lastPercent = percent;
      onShare(percent / 100);
    }
  };
}

function acceptsZstd(qemuImgOptions: string | undefined): boolean {
  return !/(^|,)(compression_type=|compat=(0\.10|v2)(,|$))/.test(qemuImgOptions ?? '');
}
