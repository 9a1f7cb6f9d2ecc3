import { BuildError } from '../base/build-error.js';
import { alignDown, alignUp } from '../base/units.js';
import type { PartitionTableSpec } from '../model/layout.js';
import { partitionTooLarge, sizeText } from './partition-fault.js';
import { type PlacedPartition, type PlacementDisk, resolveSize, type TablePlacement } from './placement.js';

/** Sectors of an MBR are counted in 32 bits. */
const mostSectors = 2 ** 32;

/**
 * Places primary partitions one after the other from one alignment unit on, then logical ones in an extended partition
 * that reaches to the end of the disk. Each logical has its EBR one unit before its data.
 *
 * A percentage is of the disk without what comes before and one unit. Sizes are rounded down to units, so that no
 * partition ends on an odd sector, but a partition has at least one.
 */
export function placeMbr(table: PartitionTableSpec, disk: PlacementDisk): TablePlacement {
  const unit = table.alignmentBytes / disk.sectorSizeBytes;
  const diskSectors = Math.floor(disk.sizeBytes / disk.sectorSizeBytes);
  const partitions: PlacedPartition[] = [];
  const faults: BuildError[] = [];
  let extended: TablePlacement['extended'];
  let next = unit;
  for (const spec of table.partitions) {
    const freeBytes = disk.sizeBytes - (next + unit) * disk.sectorSizeBytes;
    const wantedBytes = resolveSize(spec, freeBytes);
    const sectorCount = Math.max(alignDown(Math.floor(wantedBytes / disk.sectorSizeBytes), unit), unit);
    const startSector = spec.isLogical ? alignUp(next + 1, unit) : next;
    if (startSector + sectorCount > diskSectors) {
      const fitting = (diskSectors - startSector) * disk.sectorSizeBytes;
      const wanted = Math.max(wantedBytes, sectorCount * disk.sectorSizeBytes);
      faults.push(partitionTooLarge(spec, { disk, wantedBytes: wanted, freeBytes: fitting }));
      continue;
    }
    if (startSector + sectorCount > mostSectors) {
      faults.push(beyondReach(spec.name, disk, spec.where));
      continue;
    }
    if (spec.isLogical && extended === undefined) {
      const primaries = partitions.length;
      extended = { number: primaries + 1, startSector: next, sectorCount: Math.min(diskSectors, mostSectors) - next };
    }
    const logicals = partitions.filter((placed) => placed.spec.isLogical).length;
    partitions.push({
      spec,
      number: spec.isLogical ? 5 + logicals : partitions.length + 1,
      startSector,
      sectorCount,
      ...(spec.isLogical ? { ebrSector: next } : {}),
    });
    next = startSector + sectorCount;
  }
  return { partitions, ...(extended === undefined ? {} : { extended }), faults };
}

function beyondReach(name: string, disk: PlacementDisk, where: string | undefined): BuildError {
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `partition "${name}" would end beyond 2 TiB of ${disk.name}, a disk of ${sizeText(disk.sizeBytes)}; an mbr does not reach there`,
    hint: 'use label: gpt',
    ...(where === undefined ? {} : { where }),
  });
}
