import type { BuildError } from '../base/build-error.js';
import type { PartitionSpec } from '../model/layout.js';

/** A partition in sectors of its disk. */
export interface PlacedPartition {
  readonly spec: PartitionSpec;
  readonly number: number;
  readonly startSector: number;
  readonly sectorCount: number;
  /** MBR logical: sector of its EBR. */
  readonly ebrSector?: number;
}

/** Partitions of one table, as far as they fit. */
export interface TablePlacement {
  readonly partitions: readonly PlacedPartition[];
  readonly extended?: { readonly number: number; readonly startSector: number; readonly sectorCount: number };
  readonly faults: readonly BuildError[];
}

/** The disk that partitions are placed on. */
export interface PlacementDisk {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sectorSizeBytes: number;
}

/** Bytes that a size asks for when this much is left. Fractions of a byte are cut off; never negative. */
export function resolveSize({ size }: Pick<PartitionSpec, 'size'>, remainingBytes: number): number {
  if (size.kind === 'bytes') return size.sizeBytes;
  return Math.max(Math.trunc((remainingBytes * size.percent) / 100), 0);
}
