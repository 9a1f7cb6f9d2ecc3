import { BuildError } from '../base/build-error.js';
import { formatBytes } from '../base/units.js';
import type { PartitionSpec } from '../model/layout.js';
import type { PlacementDisk } from './placement.js';

/** Says which partition does not fit, what is left for it, and how much is missing. */
export function partitionTooLarge(
  partition: PartitionSpec,
  {
    disk,
    wantedBytes,
    freeBytes,
  }: { readonly disk: PlacementDisk; readonly wantedBytes: number; readonly freeBytes: number },
): BuildError {
  const left = Math.max(freeBytes, 0);
  const wanted = partition.size.kind === 'percent' ? `${partition.size.percent} %` : sizeText(wantedBytes);
  const missing = wantedBytes - left;
  return new BuildError({
    code: 'LAYOUT_TOO_SMALL',
    message: `partition "${partition.name}" needs ${wanted}, but ${sizeText(left)} are free for it on ${disk.name}, a disk of ${sizeText(disk.sizeBytes)}: ${sizeText(missing)} missing`,
    hint: 'make the image larger (--image-size) or the partition smaller',
    ...(partition.where === undefined ? {} : { where: partition.where }),
  });
}

/** A size for people with its exact bytes. */
export function sizeText(sizeBytes: number): string {
  return sizeBytes < 1024 ? `${sizeBytes} bytes` : `${formatBytes(sizeBytes)} (${sizeBytes} bytes)`;
}
