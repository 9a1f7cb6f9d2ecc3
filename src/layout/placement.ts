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
