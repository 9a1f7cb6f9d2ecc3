import type { Command } from '../model/ports.js';
import { excludedPatterns } from './tar.js';

/** Which tree becomes a SquashFS, and how. */
export interface SquashfsOptions {
  readonly treeDirectory: string;
  readonly outputPath: string;
  readonly cpuCount: number;
  readonly sourceDateEpochSeconds?: number;
}

/** The mksquashfs command: xz, all processors, no mounts below the tree, `dev`, `proc` and `sys` empty. */
export function squashfsCommand(options: SquashfsOptions): Command {
  return {
    program: 'mksquashfs',
    arguments: [
      options.treeDirectory,
      options.outputPath,
      ...['-comp', 'xz', '-noappend', '-no-recovery', '-no-progress', '-one-file-system'],
      ...['-processors', String(options.cpuCount)],
      // A star does not match a leading dot here (mksquashfs 4.5).
      ...['-wildcards', '-e', ...excludedPatterns, 'dev/.*', 'proc/.*', 'sys/.*'],
    ],
    // Read by mksquashfs 4.4 and later: the file system's own time, and the latest time of its files.
    ...(options.sourceDateEpochSeconds === undefined
      ? {}
      : { environment: { SOURCE_DATE_EPOCH: String(options.sourceDateEpochSeconds) } }),
  };
}
