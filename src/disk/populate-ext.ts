import { lstat } from 'node:fs/promises';
import type { Ports } from '../model/ports.js';
import { rewriteExtInodes } from './ext-inodes.js';
import { linkSymlinks } from './link-symlinks.js';
import { type PopulateRequest, runMkfs } from './run-mkfs.js';

const rootInodeNumber = 2;

/**
 * Makes an ext2, ext3 or ext4 file system in place, at its offset.
 *
 * `mke2fs -d` keeps owners, modes, times, links, devices, extended attributes and holes. What it leaves to us: mode,
 * owner and time of the root directory, symbolic links with several names, and, with a source date, the access and change times of the build host
 * (e2fsprogs 1.47.0 copies them).
 */
export async function populateExt(request: PopulateRequest, ports: Ports): Promise<void> {
  const { filePath, offsetBytes, sourceDateEpochSeconds } = request;
  const root = await rootAttributes(request);
  await runMkfs(
    {
      program: 'mke2fs',
      arguments: mke2fsArguments(request, {
        hashSeed: ports.identities.uuid(`ext-hash-seed:${request.fileSystem.name}`),
      }),
      ...(sourceDateEpochSeconds === undefined
        ? {}
        : { environment: { E2FSPROGS_FAKE_TIME: String(sourceDateEpochSeconds) } }),
    },
    request,
    ports,
  );
  await rewriteExtInodes({
    filePath,
    offsetBytes,
    inodes: sourceDateEpochSeconds === undefined ? [rootInodeNumber] : 'all',
    rewrite(inode, inodeNumber) {
      if (inodeNumber === rootInodeNumber) {
        inode.setMode(root.mode);
        inode.setOwner(root.userId, root.groupId);
        inode.setModificationSeconds(root.modificationSeconds);
      }
      if (sourceDateEpochSeconds === undefined) return;
      if (inode.modificationSeconds() > sourceDateEpochSeconds) inode.setModificationSeconds(sourceDateEpochSeconds);
      inode.setOtherSeconds(sourceDateEpochSeconds);
    },
  });
  // Afterwards: it frees inodes, and what a free one says of times stays in the file.
  await linkSymlinks(request, ports);
}

/** The arguments of mke2fs; several `-E` of the options become one, as mke2fs heeds only the last. */
export function mke2fsArguments(request: PopulateRequest, seed: { readonly hashSeed: string }): readonly string[] {
  const { fileSystem, filePath, offsetBytes, sizeBytes, treeDirectory } = request;
  const { rest, extended } = separateExtendedOptions(fileSystem.options);
  const own = [
    ...(offsetBytes === 0 ? [] : [`offset=${offsetBytes}`]),
    'root_owner=0:0',
    `hash_seed=${seed.hashSeed}`,
    // The file reads as zeros: mke2fs discards the range and finds nothing to wipe, so the kernel has nothing to do
    // at the first mount either. The journal's blocks are zeros already.
    'lazy_itable_init=0',
    'lazy_journal_init=1',
  ];
  return [
    '-t',
    fileSystem.type,
    ...blockSizeOption(request, rest),
    ...rest,
    '-L',
    fileSystem.label,
    '-U',
    fileSystem.uuid,
    '-E',
    [...extended, ...own].join(','),
    '-q',
    '-F',
    '-d',
    treeDirectory,
    filePath,
    `${Math.floor(sizeBytes / 1024)}k`,
  ];
}

function separateExtendedOptions(options: readonly string[]): {
  readonly rest: readonly string[];
  readonly extended: readonly string[];
} {
  const rest: string[] = [];
  const extended: string[] = [];
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] ?? '';
    if (option === '-E') {
      index += 1;
      extended.push(options[index] ?? '');
    } else if (option.startsWith('-E')) extended.push(option.slice(2));
    else if (option !== '') rest.push(option);
  }
  return { rest, extended: extended.filter((option) => option !== '') };
}

/** The root of the whole tree stays root's and 0755 whatever the build's directory is; others are as in the tree. */
async function rootAttributes(request: PopulateRequest) {
  const status = await lstat(request.treeDirectory);
  const modificationSeconds = Math.floor(status.mtimeMs / 1000);
  const { mountPoint } = request.fileSystem;
  if (mountPoint === undefined || mountPoint === '/')
    return { mode: 0o40755, userId: 0, groupId: 0, modificationSeconds };
  return { mode: status.mode, userId: status.uid, groupId: status.gid, modificationSeconds };
}

/** mke2fs sees a file, and would give a small file system blocks that are smaller than the sectors of its disk. */
function blockSizeOption({ fileSystem }: PopulateRequest, options: readonly string[]): readonly string[] {
  const isChosen = options.some((option) => /^-b\d*$/.test(option));
  return fileSystem.sectorSizeBytes === 4096 && !isChosen ? ['-b', '4096'] : [];
}
