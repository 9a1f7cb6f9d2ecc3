import type { FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';

/** What {@link copyPart} needs. */
export interface CopyPartRequest {
  readonly fileSystem: FileSystemLayout;
  /** All file systems, to know what belongs to another one. */
  readonly fileSystems: readonly FileSystemLayout[];
  /** Where the part lies in the old tree. */
  readonly partDirectory: string;
  /** Where the file system is mounted. */
  readonly mountPoint: string;
}

/**
 * Copies the part of a tree that belongs to one file system into it: everything, dot-files too, with owners, modes,
 * times, hard links, holes and extended attributes. Directories that other file systems are mounted on stay empty.
 */
export async function copyPart(request: CopyPartRequest, ports: Ports): Promise<void> {
  const { fileSystem, partDirectory, mountPoint } = request;
  const own = fileSystem.mountPoint === '/' ? '' : (fileSystem.mountPoint ?? '');
  const others = request.fileSystems.flatMap((other) =>
    other.mountPoint?.startsWith(`${own}/`) === true && other.mountPoint !== '/' && other !== fileSystem
      ? [other.mountPoint.slice(own.length)]
      : [],
  );
  const attributes = ['--xattrs', '--xattrs-include=*', '--acls', '--numeric-owner'];
  await ports.programs.requirePipeline([
    {
      program: 'tar',
      arguments: [
        '--create',
        '--file=-',
        '--format=posix',
        '--sparse',
        ...attributes,
        '--one-file-system',
        '--anchored',
        '--wildcards',
        '--wildcards-match-slash',
        ...others.map((path) => `--exclude=.${path.replace(/[\\*?[\]]/g, '\\$&')}/*`),
        `--directory=${partDirectory}`,
        '.',
      ],
    },
    {
      program: 'tar',
      arguments: [
        '--extract',
        '--file=-',
        '--preserve-permissions',
        '--same-owner',
        ...attributes,
        `--directory=${mountPoint}`,
      ],
    },
  ]);
}
