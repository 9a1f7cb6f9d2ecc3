import { truncate } from 'node:fs/promises';
import type { Ports } from '../model/ports.js';
import { type PopulateRequest, runMkfs } from './run-mkfs.js';

/**
 * Makes a btrfs in a file of its own.
 *
 * `mkfs.btrfs --rootdir` keeps owners, modes, times, links, devices and extended attributes. Its ids of devices,
 * chunks and trees are random: the result is not the same from run to run (btrfs-progs 6.2).
 */
export async function populateBtrfs(request: PopulateRequest, ports: Ports): Promise<void> {
  const { filePath, sizeBytes } = request;
  await truncate(filePath, sizeBytes);
  await runMkfs({ program: 'mkfs.btrfs', arguments: mkfsBtrfsArguments(request) }, request, ports);
}

/** The arguments of mkfs.btrfs. The sector size of the file system is 4096 whatever the disk's is. */
export function mkfsBtrfsArguments(request: PopulateRequest): readonly string[] {
  const { fileSystem, filePath, sizeBytes, treeDirectory } = request;
  const words = ['-q', '-f', ...fileSystem.options, '-L', fileSystem.label, '-U', fileSystem.uuid];
  return [...words, '-b', String(sizeBytes), '--rootdir', treeDirectory, filePath];
}
