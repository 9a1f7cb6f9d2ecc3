import { mkdir, rmdir } from 'node:fs/promises';
import { openScope, type Scope } from '../base/scope.js';
import type { DiskLayout, FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import type { LoopDisk } from '../model/step-context.js';
import { makeDeviceNodes } from './device-nodes.js';
import { kernelType, type MountedFileSystems, mountFileSystems } from './mount-file-systems.js';
import { checkPieces, isMounted, openDevices } from './open-devices.js';

/** What {@link openLoopDisk} needs. All directories are absolute and exist. */
export interface LoopDiskRequest {
  readonly layout: DiskLayout;
  readonly treeDirectory: string;
  /** The `dev` of the chroot. */
  readonly devDirectory: string;
  readonly workDirectory: string;
}

/** Capabilities of the room that writes disks, handed in. */
export interface DiskMaker {
  /** Makes the raw files from the tree, all but the named file systems. @returns image name → path */
  makeImages(unmadeFileSystems: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Whether a type is made from a directory, without a mount. */
  isPopulatable(type: string): boolean;
  /** Makes a file system again from a directory. */
  remake(fileSystem: FileSystemLayout, partDirectory: string, imagePaths: ReadonlyMap<string, string>): Promise<void>;
}

/**
 * Makes the disk before the last hooks, attaches it to loop devices and mounts it over the tree: hooks find a mounted
 * tree, `/proc/mounts`, and devices.
 *
 * The file systems are made from the tree as in files mode, so nothing is copied into a mounted image; only what no
 * populator covers is made by mkfs and filled by copying. Runs as root in the build's mount namespace: when that ends,
 * by whatever cause, the kernel unmounts and detaches everything.
 *
 * @throws BuildError `FILE_SYSTEM_UNSUPPORTED` for what cannot be mounted, otherwise as the maker does
 */
export async function openLoopDisk(request: LoopDiskRequest, maker: DiskMaker, ports: Ports): Promise<LoopDisk> {
  const { layout, treeDirectory, workDirectory } = request;
  checkPieces(layout);
  const mounted = layout.fileSystems.filter(isMounted);
  const unmade = mounted.filter(({ type }) => !maker.isPopulatable(type)).map(({ name }) => name);
  const imagePaths = await maker.makeImages(unmade);
  const scope = openScope();
  try {
    const devices = await openDevices({ layout, imagePaths }, ports, scope);
    await makeDeviceNodes({ ...request, devices }, ports);
    const oldTreeDirectory = `${workDirectory}/tree-before-mounting`;
    await showElsewhere({ treeDirectory, oldTreeDirectory }, ports, scope);
    const { mountPoints, standIns } = await mountFileSystems(
      { fileSystems: mounted, treeDirectory, oldTreeDirectory, devices, unmadeFileSystems: unmade },
      ports,
      scope,
    );
    return {
      devices,
      imageDevice: devices.get('image0') ?? [...devices.values()][0] ?? '',
      mountPoints,
      async close() {
        for (const { fileSystem, partDirectory } of standIns) await maker.remake(fileSystem, partDirectory, imagePaths);
        await scope.close();
        return imagePaths;
      },
      showReadOnly: () =>
        showReadOnly({ fileSystems: mounted, imagePaths, treeDirectory, oldTreeDirectory, standIns }, ports),
    };
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

/** The tree stays reachable under another path when something is mounted over it. Not what is mounted in it. */
export async function showElsewhere(
  { treeDirectory, oldTreeDirectory }: { readonly treeDirectory: string; readonly oldTreeDirectory: string },
  ports: Ports,
  scope: Scope,
): Promise<void> {
  await mkdir(oldTreeDirectory, { recursive: true });
  await ports.programs.require({ program: 'mount', arguments: ['--bind', treeDirectory, oldTreeDirectory] });
  scope.onClose(oldTreeDirectory, async () => {
    await ports.programs.require({ program: 'umount', arguments: ['--', oldTreeDirectory] });
    await rmdir(oldTreeDirectory);
  });
}

/** What is shown again. */
export interface ShowReadOnlyRequest {
  /** In mount order. */
  readonly fileSystems: readonly FileSystemLayout[];
  readonly imagePaths: ReadonlyMap<string, string>;
  readonly treeDirectory: string;
  readonly oldTreeDirectory: string;
  readonly standIns: MountedFileSystems['standIns'];
}

/**
 * Mounts a finished disk over the tree again, so that archives can be made from what it holds. The kernel cannot
 * change it: the loop devices are read-only. What the kernel cannot mount shows the directory that it was made from.
 * All of it goes with the mount namespace.
 *
 * @returns where file systems are mounted below the tree, relative to it
 */
export async function showReadOnly(request: ShowReadOnlyRequest, ports: Ports): Promise<readonly string[]> {
  const { fileSystems, imagePaths, treeDirectory, oldTreeDirectory, standIns } = request;
  await showElsewhere({ treeDirectory, oldTreeDirectory }, ports, openScope());
  const shown: string[] = [];
  for (const fileSystem of fileSystems) {
    const { name, type, mountPoint = '/', regions } = fileSystem;
    const [region] = regions;
    if (region === undefined) throw new Error(`Internal error: file system "${name}" lies nowhere`);
    const options = `ro,loop,offset=${region.offsetBytes},sizelimit=${region.sizeBytes}`;
    const standIn = standIns.find((candidate) => candidate.fileSystem === fileSystem);
    const words =
      standIn === undefined
        ? ['-t', kernelType(type), '-o', options, imagePaths.get(region.image) ?? '']
        : ['--bind', standIn.partDirectory];
    await ports.programs.require({ program: 'mount', arguments: [...words, `${treeDirectory}${mountPoint}`] });
    if (mountPoint !== '/') shown.push(mountPoint.slice(1));
  }
  return shown;
}
