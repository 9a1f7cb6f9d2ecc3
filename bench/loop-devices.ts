import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../src/base/build-error.js';

const disksDirectory = '/sys/block';
const releaseTimeoutSeconds = 10;

/** A loop device, as it was when it was seen. */
export interface LoopDevice {
  /** `loopN`. */
  readonly disk: string;
  /** The kernel's number of this state (`diskseq`, since Linux 5.15); it is another when a file comes or goes. */
  readonly sequence: string | undefined;
}

/**
 * The loop devices whose files lie below a directory.
 *
 * It has to be asked while the processes run that attached them: the original keeps its files in a file system that only
 * its mount namespace has, and without that the kernel no longer tells where they lie.
 */
export function listLoopDevices(directory: string): readonly LoopDevice[] {
  const prefix = join(realpathSync(directory), '/');
  return listDisks((disk) => readAttribute(disk, 'loop/backing_file')?.startsWith(prefix) === true);
}

/**
 * The loop devices that have no file, so are nobody's, and partitions nevertheless.
 *
 * The original leaves one when it cannot make a file system: it detaches the device without `kpartx -d`.
 */
export function listStaleLoopDevices(): readonly LoopDevice[] {
  return listDisks(
    (disk) =>
      readAttribute(disk, 'loop/backing_file') === undefined &&
      readdirSync(join(disksDirectory, disk)).some((name) => name.startsWith(`${disk}p`)),
  );
}

/**
 * Removes the partitions of a loop device that a build left, the links to them in `/dev/mapper`, and detaches it.
 *
 * Nothing happens when a file came or went meanwhile. What stays in use is said on standard error.
 */
export function releaseLoopDevice({ disk, sequence }: LoopDevice): void {
  const words = ['release', disk, sequence ?? '', String(releaseTimeoutSeconds)];
  const { status, stderr } = spawnSync('bash', ['-c', releaseScript, ...words], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`/dev/${disk} stays as the build left it: ${stderr.trim()}\n`);
}

function listDisks(isWanted: (disk: string) => boolean): readonly LoopDevice[] {
  if (!existsSync(disksDirectory)) return [];
  return readdirSync(disksDirectory)
    .filter((disk) => disk.startsWith('loop') && isWanted(disk))
    .map((disk) => ({ disk, sequence: readAttribute(disk, 'diskseq') }));
}

function readAttribute(disk: string, name: string): string | undefined {
  try {
    return readFileSync(join(disksDirectory, disk, name), 'utf8').trim();
  } catch (error) {
    // A device without a file has no `loop` directory.
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * The kernel forgets partitions that it was told of only when asked, so they go before the device. They are in use until
 * the mounts of a killed build have gone with its last process.
 */
const releaseScript = `set -eu
disk=$1 sequence=$2 timeout_seconds=$3
leave_when_changed() {
    if [ "$sequence" != "$(cat "/sys/block/$disk/diskseq" 2>/dev/null)" ]; then exit; fi
}
for partition in /sys/block/"$disk/$disk"p*; do
    name=\${partition##*/}
    leave_when_changed
    while [ -e "$partition" ] && ! failure=$(delpart "/dev/$disk" "\${name##*p}" 2>&1); do
        if [ "$SECONDS" -ge "$timeout_seconds" ]; then echo "$failure" >&2; exit 1; fi
        sleep 0.05
        leave_when_changed
    done
    rm -f "/dev/mapper/$name"
done
leave_when_changed
if [ -e "/sys/block/$disk/loop" ]; then losetup --detach "/dev/$disk"; fi
`;
