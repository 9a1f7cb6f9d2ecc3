import type { FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';

/** What a populator is asked to make: one file system with its part of the tree, in a run of bytes of a file. */
export interface PopulateRequest {
  /** An existing file that reads as zeros in the run. */
  readonly filePath: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly fileSystem: FileSystemLayout;
  /** What the file system shall hold, mount points below it already replaced by empty directories. */
  readonly treeDirectory: string;
  /** A directory of its own for scratch files. */
  readonly workDirectory: string;
  /** The firmware reads this file system: FAT32 where it fits. */
  readonly isEfiSystemPartition: boolean;
  /** No time in the result is later than this one. */
  readonly sourceDateEpochSeconds?: number;
}

/** Makes one file system. @throws BuildError `FILE_SYSTEM_UNSUPPORTED` naming the first file it cannot hold */
export type Populate = (request: PopulateRequest, ports: Ports) => Promise<void>;
