import { formatBytes, gibibyte } from '../base/units.js';

/** Where the work is done, and why. */
export type WorkspaceChoice =
  | { readonly kind: 'tmpfs'; readonly sizeBytes: number }
  | { readonly kind: 'disk'; readonly parentDirectory: string; readonly because: string };

/** What {@link chooseWorkspace} decides from. */
export interface ChooseWorkspaceOptions {
  /** Text of `/proc/meminfo`, or undefined where it cannot be read. */
  readonly memoryText: string | undefined;
  readonly isTmpfsRefused: boolean;
  /** `DIB_MIN_TMPFS`, GiB: a tmpfs is used when twice this is available. */
  readonly minimumTmpfsGib: number;
  readonly temporaryDirectory: string;
}

/**
 * Decides once between memory and disk, from the memory that is available now rather than the total.
 * The tmpfs may take four fifths of it.
 */
export function chooseWorkspace(options: ChooseWorkspaceOptions): WorkspaceChoice {
  const onDisk = (because: string): WorkspaceChoice => ({
    kind: 'disk',
    parentDirectory: options.temporaryDirectory,
    because,
  });
  if (options.isTmpfsRefused) return onDisk('a tmpfs was refused (--no-tmpfs)');
  const availableBytes = parseAvailableBytes(options.memoryText ?? '');
  if (availableBytes === undefined) return onDisk('the available memory is not known');
  const neededBytes = 2 * options.minimumTmpfsGib * gibibyte;
  if (availableBytes < neededBytes) {
    return onDisk(
      `${formatBytes(availableBytes)} of memory are available, a tmpfs wants ${formatBytes(neededBytes)} (--min-tmpfs)`,
    );
  }
  return { kind: 'tmpfs', sizeBytes: Math.floor(availableBytes * 0.8) };
}

function parseAvailableBytes(memoryText: string): number | undefined {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(memoryText);
  return match === null ? undefined : Number(match[1]) * 1024;
}
