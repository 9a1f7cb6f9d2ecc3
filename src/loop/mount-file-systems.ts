import { mkdir } from 'node:fs/promises';
import { BuildError } from '../base/build-error.js';
import type { Scope } from '../base/scope.js';
import type { FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import { copyPart } from './copy-part.js';
import { mkfsCommand } from './mkfs-command.js';
import { releaseMount } from './release-mount.js';

/** What {@link mountFileSystems} needs. */
export interface MountFileSystemsRequest {
  /** In mount order. */
  readonly fileSystems: readonly FileSystemLayout[];
  /** Where they are mounted: the directory that hooks know as the tree. */
  readonly treeDirectory: string;
  /** The tree as it was, seen at another place. */
  readonly oldTreeDirectory: string;
  readonly devices: ReadonlyMap<string, string>;
  /** Names of file systems that are still to be made, and filled by copying. */
  readonly unmadeFileSystems: readonly string[];
}

/** What is mounted. */
export interface MountedFileSystems {
  /** Absolute directories in mount order, the tree first. */
  readonly mountPoints: readonly string[];
  /** What the kernel cannot mount: the part of the old tree is there in its place, and makes the file system at the end. */
  readonly standIns: readonly { readonly fileSystem: FileSystemLayout; readonly partDirectory: string }[];
}

/** Mounts the file systems of a layout over the tree, parents first; the scope unmounts them. */
export async function mountFileSystems(
  request: MountFileSystemsRequest,
  ports: Ports,
  scope: Scope,
): Promise<MountedFileSystems> {
  const { fileSystems, treeDirectory, oldTreeDirectory, devices, unmadeFileSystems } = request;
  const mountPoints: string[] = [];
  const standIns: { fileSystem: FileSystemLayout; partDirectory: string }[] = [];
  for (const fileSystem of fileSystems) {
    const path = pathInImage(fileSystem);
    const mountPoint = `${treeDirectory}${path}`;
    const partDirectory = `${oldTreeDirectory}${path}`;
    const device = deviceOf(fileSystem, devices);
    const isUnmade = unmadeFileSystems.includes(fileSystem.name);
    if (isUnmade) await ports.programs.require(mkfsCommand(fileSystem, device));
    await mkdir(mountPoint, { recursive: true });
    const failure = await tryMount({ fileSystem, device, mountPoint }, ports);
    if (failure === undefined) {
      scope.onClose(mountPoint, () => releaseMount({ mountPoint, isTrimmed: !isFat(fileSystem.type) }, ports));
      mountPoints.push(mountPoint);
      if (isUnmade) await copyPart({ ...request, fileSystem, partDirectory, mountPoint }, ports);
      continue;
    }
    if (isUnmade || !failure.isTypeUnknown || path === '') throw failure.error;
    ports.emit({
      kind: 'message',
      level: 'warning',
      text: `this kernel cannot mount ${fileSystem.type}: ${path} is a plain directory while hooks run, and the file system "${fileSystem.name}" is filled from it at the end`,
    });
    await ports.programs.require({ program: 'mount', arguments: ['--bind', partDirectory, mountPoint] });
    scope.onClose(mountPoint, () => releaseMount({ mountPoint, isTrimmed: false }, ports));
    mountPoints.push(mountPoint);
    standIns.push({ fileSystem, partDirectory });
  }
  return { mountPoints, standIns };
}

/** Empty for the root. */
function pathInImage({ mountPoint = '/' }: FileSystemLayout): string {
  return mountPoint === '/' ? '' : mountPoint;
}

function deviceOf(fileSystem: FileSystemLayout, devices: ReadonlyMap<string, string>): string {
  const device = devices.get(fileSystem.base);
  if (device === undefined) throw new Error(`Internal error: no device for file system "${fileSystem.name}"`);
  return device;
}

/** The kernel's name of a type. */
export function kernelType(type: string): string {
  return isFat(type) ? 'vfat' : type;
}

function isFat(type: string): boolean {
  return type === 'fat' || type === 'vfat' || type === 'msdos';
}

async function tryMount(
  place: { readonly fileSystem: FileSystemLayout; readonly device: string; readonly mountPoint: string },
  ports: Ports,
): Promise<{ readonly error: BuildError; readonly isTypeUnknown: boolean } | undefined> {
  const { fileSystem, device, mountPoint } = place;
  const { exitStatus, stderr } = await ports.programs.run({
    program: 'mount',
    arguments: ['-t', kernelType(fileSystem.type), device, mountPoint],
  });
  if (exitStatus === 0) return undefined;
  return {
    // mount(8) of util-linux and of busybox.
    isTypeUnknown: /unknown filesystem type|No such device/.test(stderr),
    error: new BuildError({
      code: 'FILE_SYSTEM_UNSUPPORTED',
      message: `file system "${fileSystem.name}" cannot be mounted at ${fileSystem.mountPoint}: ${stderr.trim()}`,
      hint: `the kernel may lack ${kernelType(fileSystem.type)}; without mounts: DIB_DISK_MODE=files`,
    }),
  };
}
