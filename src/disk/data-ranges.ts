import type { Ports } from '../model/ports.js';

/** Bytes of a file that are not a hole. */
export interface DataRange {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/**
 * Where a sparse file has data, in order; the whole file when nobody can say.
 *
 * Node cannot ask the kernel for holes (`SEEK_DATA`), qemu-img can. Reading holes instead took 26 s for 10 GiB on ext4.
 */
export async function readDataRanges(
  file: { readonly filePath: string; readonly sizeBytes: number },
  ports: Ports,
): Promise<readonly DataRange[]> {
  const { filePath, sizeBytes } = file;
  if (ports.programs.find('qemu-img') === undefined) return [{ offsetBytes: 0, sizeBytes }];
  const { stdout } = await ports.programs.require({
    program: 'qemu-img',
    arguments: ['map', '--output=json', '-f', 'raw', filePath],
  });
  const entries: readonly { readonly start: number; readonly length: number; readonly data: boolean }[] =
    JSON.parse(stdout);
  return entries
    .filter(({ data }) => data)
    .map(({ start, length }) => ({ offsetBytes: start, sizeBytes: Math.min(length, sizeBytes - start) }));
}
