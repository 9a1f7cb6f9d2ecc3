import type { Command } from '../model/ports.js';
import { contentPatterns } from './mounts-below.js';
import { excludedPatterns } from './tar.js';

/** Which tree becomes a SquashFS, and how. */
export interface SquashfsOptions {
  readonly treeDirectory: string;
  /** Directories of the tree, relative to it, that something is mounted on: they stay empty. */
  readonly mountPoints: readonly string[];
  readonly outputPath: string;
  readonly cpuCount: number;
  readonly sourceDateEpochSeconds?: number;
}

/** The mksquashfs command: xz, all processors, `dev`, `proc` and `sys` empty. */
export function squashfsCommand(options: SquashfsOptions): Command {
  const patterns = [...excludedPatterns, ...contentPatterns(options.mountPoints)];
  return {
    program: 'mksquashfs',
    arguments: [
      options.treeDirectory,
      options.outputPath,
      ...['-comp', 'xz', '-noappend', '-no-recovery', '-no-progress'],
      ...['-processors', String(options.cpuCount)],
      // A star does not match a leading dot here (mksquashfs 4.5).
      ...['-wildcards', '-e', ...patterns, ...patterns.flatMap(hiddenPattern)],
    ],
    // Read by mksquashfs 4.4 and later: the file system's own time, and the latest time of its files.
    ...(options.sourceDateEpochSeconds === undefined
      ? {}
      : { environment: { SOURCE_DATE_EPOCH: String(options.sourceDateEpochSeconds) } }),
  };
}

/** `dev/*` gives `dev/.*`; patterns without a star stay alone. */
function hiddenPattern(pattern: string): readonly string[] {
  return pattern.endsWith('/*') ? [`${pattern.slice(0, -1)}.*`] : [];
}
