import { truncate } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import { formatBytes } from '../base/units.js';
import type { Ports } from '../model/ports.js';
import { setBtrfsDeviceSize } from './btrfs-device-size.js';
import { type PopulateRequest, runMkfs } from './run-mkfs.js';

/**
 * Makes a btrfs in a file of its own.
 *
 * `mkfs.btrfs --rootdir` keeps owners, modes, times, links, devices and extended attributes. Its ids of devices,
 * chunks and trees are random: the result is not the same from run to run (btrfs-progs 6.2).
 *
 * @throws BuildError `LAYOUT_TOO_SMALL` when what it allocated reaches beyond the size
 */
export async function populateBtrfs(request: PopulateRequest, ports: Ports): Promise<void> {
  const { filePath, sizeBytes, fileSystem } = request;
  await truncate(filePath, sizeBytes);
  await runMkfs({ program: 'mkfs.btrfs', arguments: mkfsBtrfsArguments(request) }, request, ports);
  const { allocatedBytes, isFitting } = await setBtrfsDeviceSize({ filePath, sizeBytes });
  if (!isFitting)
    throw new BuildError({
      code: 'LAYOUT_TOO_SMALL',
      message: `the btrfs file system "${fileSystem.name}"${fileSystem.mountPoint === undefined ? '' : ` for ${fileSystem.mountPoint}`} needs ${formatBytes(allocatedBytes)} for its part of the tree, but has ${formatBytes(sizeBytes)}`,
      hint: 'make the image or this partition larger (--image-size, DIB_IMAGE_EXTRA_SIZE or the size in the layout)',
    });
  // mkfs may have made the file longer.
  await truncate(filePath, sizeBytes);
}

/** The arguments of mkfs.btrfs. The sector size of the file system is 4096 whatever the disk's is. */
export function mkfsBtrfsArguments(request: PopulateRequest): readonly string[] {
  const { fileSystem, filePath, sizeBytes, treeDirectory } = request;
  const words = ['-q', '-f', ...fileSystem.options, '-L', fileSystem.label, '-U', fileSystem.uuid];
  return [...words, '-b', String(sizeBytes), '--rootdir', treeDirectory, filePath];
}
