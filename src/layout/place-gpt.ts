import { BuildError } from '../base/build-error.js';
import { alignDown, mebibyte } from '../base/units.js';
import type { PartitionTableSpec } from '../model/layout.js';
import { partitionTooLarge } from './partition-fault.js';
import { type PlacedPartition, type PlacementDisk, resolveSize, type TablePlacement } from './placement.js';

/** Entries of the table that every reader accepts (UEFI 2.10 §5.3.1). */
const mostPartitions = 128;

/**
 * Places partitions one directly after the other, from one alignment unit on.
 *
 * The unit is 1 MiB, or the table's alignment when that is larger. What may be given away is the disk without its first
 * unit and its last MiB, where the backup table is; a percentage is of what is then left. Sizes are rounded down to
 * units, but a partition has at least one.
 */
export function placeGpt(table: PartitionTableSpec, disk: PlacementDisk): TablePlacement {
  const unitBytes = Math.max(table.alignmentBytes, mebibyte);
  const partitions: PlacedPartition[] = [];
  const faults: BuildError[] = [];
  let nextBytes = unitBytes;
  let remainingBytes = disk.sizeBytes - unitBytes - mebibyte;
  for (const [index, spec] of table.partitions.entries()) {
    const wantedBytes = resolveSize(spec, remainingBytes);
    const sizeBytes = Math.max(alignDown(wantedBytes, unitBytes), unitBytes);
    const takenBytes = Math.max(wantedBytes, sizeBytes);
    if (takenBytes > remainingBytes) {
      faults.push(partitionTooLarge(spec, { disk, wantedBytes: takenBytes, freeBytes: remainingBytes }));
      continue;
    }
    partitions.push({
      spec,
      number: index + 1,
      startSector: nextBytes / disk.sectorSizeBytes,
      sectorCount: sizeBytes / disk.sectorSizeBytes,
    });
    nextBytes += sizeBytes;
    remainingBytes -= takenBytes;
  }
  if (table.partitions.length > mostPartitions)
    faults.push(
      new BuildError({
        code: 'LAYOUT_INVALID',
        message: `${table.partitions.length} partitions on ${disk.name}; a gpt holds ${mostPartitions}`,
        ...(table.where === undefined ? {} : { where: table.where }),
      }),
    );
  return { partitions, faults };
}
