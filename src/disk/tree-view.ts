import { lstat, mkdir, readFile, utimes } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { Scope } from '../base/scope.js';
import type { Ports } from '../model/ports.js';

/** Which part of the tree one file system shall hold. */
export interface TreeViewRequest {
  readonly treeDirectory: string;
  /** Where the file system is mounted. */
  readonly mountPoint: string;
  /** Where other file systems are mounted below it; absolute paths in the image. */
  readonly childMountPoints: readonly string[];
  /** An existing empty directory that the view may be mounted on. */
  readonly viewDirectory: string;
}

/**
 * Shows the part of a tree that belongs to one file system: every mount point below it is an empty directory of
 * root with mode 0755, and what happens to be mounted in the tree (`/proc`, `/dev`) is not seen.
 *
 * Needs no mounts when nothing is mounted below and the tree holds no mounts itself; otherwise the caller is root in
 * a mount namespace of its own. Mount points that the tree lacks are made.
 *
 * @returns the directory to read; valid until the scope closes
 * @throws BuildError `LAYOUT_INVALID` when a mount point is no directory in the tree, or lies behind a symbolic link
 */
export async function openTreeView(request: TreeViewRequest, ports: Ports, scope: Scope): Promise<string> {
  const { treeDirectory, mountPoint, childMountPoints, viewDirectory } = request;
  const partDirectory = await mountPointDirectory(treeDirectory, mountPoint);
  // Only the outermost: what lies below an empty directory needs no hiding.
  const outermost = childMountPoints.filter(
    (path) => !childMountPoints.some((other) => other !== path && path.startsWith(`${other}/`)),
  );
  for (const child of outermost) await mountPointDirectory(treeDirectory, child);
  if (outermost.length === 0 && !(await holdsMounts(partDirectory))) return partDirectory;

  const mount = (words: readonly string[]) => ports.programs.require({ program: 'mount', arguments: words });
  await mount(['--bind', partDirectory, viewDirectory]);
  scope.onClose(`view of ${mountPoint}`, async () => {
    await ports.programs.require({ program: 'umount', arguments: ['--recursive', viewDirectory] });
  });
  for (const child of outermost) {
    const relativePath = child.slice(mountPoint === '/' ? 0 : mountPoint.length);
    const { mtime } = await lstat(`${treeDirectory}${child}`);
    await mount(['-t', 'tmpfs', '-o', 'mode=0755,size=4k', 'dib-mount-point', `${viewDirectory}${relativePath}`]);
    await utimes(`${viewDirectory}${relativePath}`, mtime, mtime);
  }
  return viewDirectory;
}

async function mountPointDirectory(treeDirectory: string, mountPoint: string): Promise<string> {
  let directory = treeDirectory;
  for (const name of mountPoint.split('/').filter((part) => part !== '')) {
    directory = `${directory}/${name}`;
    const status = await lstat(directory).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (status === undefined) await mkdir(directory, { mode: 0o755 });
    else if (!status.isDirectory())
      throw new BuildError({
        code: 'LAYOUT_INVALID',
        message: `mount point ${mountPoint}: ${directory.slice(treeDirectory.length)} in the tree is ${
          status.isSymbolicLink() ? 'a symbolic link' : 'no directory'
        }`,
        hint: 'mount the file system at the real path',
      });
  }
  return directory;
}

/** Whether something is mounted below a directory, as proc(5) `mountinfo` lists it. */
async function holdsMounts(directory: string): Promise<boolean> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.some((line) => unescapeMountPath(line.split(' ')[4] ?? '').startsWith(`${directory}/`));
}

function unescapeMountPath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
