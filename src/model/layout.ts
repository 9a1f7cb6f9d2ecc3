/** What the block-device configuration says, in names and relative sizes. Made only by `layout/`. */
export interface DiskLayoutSpec {
  readonly images: readonly ImageSpec[];
  readonly partitionTables: readonly PartitionTableSpec[];
  readonly volumeGroups: readonly VolumeGroupSpec[];
  readonly fileSystems: readonly FileSystemSpec[];
  readonly mounts: readonly MountSpec[];
  /** Names of all nodes in creation order (generation rule). */
  readonly nodeOrder: readonly string[];
  /** The flat list of one-key objects, as `config.json` holds it. */
  readonly flatConfig: readonly Readonly<Record<string, unknown>>[];
  /** Where the configuration came from, for messages: a path, an element's file, `DIB_BLOCK_DEVICE_CONFIG` or `built-in`. */
  readonly origin: string;
  readonly warnings: readonly string[];
}

/** A size as written: bytes, or a share of what is free at that point. */
export type SizeSpec =
  | { readonly kind: 'bytes'; readonly sizeBytes: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface ImageSpec {
  readonly name: string;
  /** Fixed size; absent: fitted to the tree. */
  readonly sizeBytes?: number;
  /** Absolute directory for the raw file; absent: the build's image directory. */
  readonly directory?: string;
  readonly sectorSizeBytes: 512 | 4096;
  /** Where the configuration says so, `origin:line:column`, for messages; the same on the other parts. */
  readonly where?: string;
}

export interface PartitionTableSpec {
  readonly name: string;
  readonly image: string;
  readonly label: 'mbr' | 'gpt';
  readonly alignmentBytes: number;
  readonly partitions: readonly PartitionSpec[];
  readonly where?: string;
}

export interface PartitionSpec {
  readonly name: string;
  readonly size: SizeSpec;
  /** MBR: logical or primary. GPT: always primary. */
  readonly isLogical: boolean;
  readonly isBootable: boolean;
  /** MBR: 0x00 to 0xFF. */
  readonly mbrType?: number;
  /** GPT: upper-case GUID text. */
  readonly typeGuid?: string;
  /** GPT: the short code as written, for example `EF00`. */
  readonly typeCode?: string;
  readonly where?: string;
}

export interface VolumeGroupSpec {
  readonly name: string;
  readonly physicalVolumes: readonly PhysicalVolumeSpec[];
  readonly logicalVolumes: readonly LogicalVolumeSpec[];
  readonly extentSizeBytes: number;
  /** For vgcreate, where real commands make the volumes. */
  readonly options?: readonly string[];
  readonly where?: string;
}

export interface PhysicalVolumeSpec {
  readonly name: string;
  /** Name of the image or partition below. */
  readonly base: string;
  /** For pvcreate, where real commands make the volumes. */
  readonly options?: readonly string[];
}

export interface LogicalVolumeSpec {
  readonly name: string;
  readonly size:
    | { readonly kind: 'bytes'; readonly sizeBytes: number }
    | { readonly kind: 'extents'; readonly expression: string };
  readonly type: 'linear' | 'thin' | 'thin-pool';
  readonly thinPool?: string;
  /** For lvcreate, where real commands make the volumes. */
  readonly options?: readonly string[];
  readonly where?: string;
}

export interface FileSystemSpec {
  readonly name: string;
  /** Name of the image, partition or logical volume below. */
  readonly base: string;
  /** `ext2`, `ext3`, `ext4`, `xfs`, `btrfs`, `vfat`, `swap` or another mkfs type. */
  readonly type: string;
  readonly label: string;
  readonly uuid?: string;
  readonly options: readonly string[];
  /** `mkfs_root` without options of its own: `--mkfs-options`, journal size and resize limit act on it. */
  readonly takesRootOptions?: boolean;
  readonly where?: string;
}

export interface MountSpec {
  readonly name: string;
  readonly fileSystem: string;
  /** Absolute path in the image, `none` for swap. */
  readonly mountPoint: string;
  readonly fstab?: {
    readonly options: string;
    readonly dumpFrequency: number;
    readonly passNumber: number;
  };
  readonly where?: string;
}

/** What the files of one mount point occupy; what lies below another mount point is counted there. */
export interface MountUsage {
  /** Sizes of files (holes left out), directories and long links, each rounded up to 4096. */
  readonly contentBytes: number;
  /** Files, directories, links, devices; hard links once. */
  readonly inodeCount: number;
}

/** Where everything lies, in bytes. Made only by `layout/`. */
export interface DiskLayout {
  readonly images: readonly ImageLayout[];
  readonly volumeGroups: readonly VolumeGroupLayout[];
  /** In mount order: parents before children, swap last. */
  readonly fileSystems: readonly FileSystemLayout[];
  /** Text of `/etc/fstab`, or undefined when the configuration has no fstab entries. */
  readonly fstab?: string;
}

export interface ImageLayout {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sectorSizeBytes: 512 | 4096;
  /** Absolute directory for the raw file; absent: the build's image directory. */
  readonly directory?: string;
  readonly table?: PartitionTableLayout;
}

export type PartitionTableLayout =
  | {
      readonly kind: 'mbr';
      /** Never 0; the PARTUUID of partitions derives from it. */
      readonly diskSignature: number;
      readonly partitions: readonly PartitionLayout[];
      /** The container of logical partitions; sectors of `sectorSizeBytes`. */
      readonly extended?: { readonly number: number; readonly startSector: number; readonly sectorCount: number };
    }
  | {
      readonly kind: 'gpt';
      /** GUID text. */
      readonly diskGuid: string;
      readonly partitions: readonly PartitionLayout[];
    };

export interface PartitionLayout {
  readonly name: string;
  /** As Linux counts: GPT from 1, MBR primaries 1 to 4, logicals from 5. */
  readonly number: number;
  /** In sectors of the image. */
  readonly startSector: number;
  readonly sectorCount: number;
  readonly isBootable: boolean;
  readonly isLogical: boolean;
  readonly mbrType?: number;
  readonly typeGuid?: string;
  /** GPT: unique partition GUID text. */
  readonly partitionGuid?: string;
  /** MBR logical: sector of its EBR. */
  readonly ebrSector?: number;
}

export interface VolumeGroupLayout {
  readonly name: string;
  /** 32 characters of [0-9a-zA-Z]. */
  readonly id: string;
  readonly extentSizeBytes: number;
  readonly physicalVolumes: readonly {
    readonly name: string;
    readonly id: string;
    readonly region: DiskRegion;
    readonly extentCount: number;
  }[];
  readonly logicalVolumes: readonly LogicalVolumeLayout[];
  /** Groups with thin pools: the spare for repairing pool metadata (`lvol0_pmspare`). */
  readonly spareSegments?: readonly ExtentRun[];
}

/** Extents that follow each other on one physical volume. */
export interface ExtentRun {
  readonly physicalVolume: string;
  readonly firstExtent: number;
  readonly extentCount: number;
}

export interface LogicalVolumeLayout {
  readonly name: string;
  readonly id: string;
  readonly type: 'linear' | 'thin' | 'thin-pool';
  readonly thinPool?: string;
  readonly sizeBytes: number;
  /** Linear volumes and pools: extents on physical volumes, in order. */
  readonly segments: readonly ExtentRun[];
  /** Thin pools only; `segments` is the pool's data then. */
  readonly pool?: { readonly chunkSizeBytes: number; readonly metadataSegments: readonly ExtentRun[] };
  /** Thin volumes only: every chunk of the volume is mapped, in order, from this chunk of the pool on. */
  readonly thin?: { readonly deviceId: number; readonly firstChunk: number; readonly chunkCount: number };
}

/** A run of bytes of one image. */
export interface DiskRegion {
  readonly image: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

export interface FileSystemLayout {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  /** UUID text; for FAT `XXXX-XXXX`. */
  readonly uuid: string;
  readonly options: readonly string[];
  /** Size of the file system in bytes: the sum of its regions. */
  readonly sizeBytes: number;
  /** Where its bytes lie, in order; more than one only on volumes that span. */
  readonly regions: readonly DiskRegion[];
  readonly sectorSizeBytes: 512 | 4096;
  /** Absolute path in the image; `none` for swap; absent when nothing mounts it. */
  readonly mountPoint?: string;
  /** The device name in the running image, for example the partition's name, for messages. */
  readonly base: string;
}
