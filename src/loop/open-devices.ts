import { BuildError, throwFaults } from '../base/build-error.js';
import type { Scope } from '../base/scope.js';
import type { DiskLayout, FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import { type AttachedImage, type AttachRequest, attachImage } from './attach-image.js';
import { openPartitionDevices } from './partition-devices.js';

/** What {@link openDevices} needs. */
export interface OpenDevicesRequest {
  readonly layout: DiskLayout;
  /** Image name → path of its raw file, tables and volume groups written. */
  readonly imagePaths: ReadonlyMap<string, string>;
}

/**
 * Makes a device of every image, partition and file system of a layout; the scope detaches them.
 *
 * A logical volume that lies in one piece is a loop device at its offset: no device-mapper. Others have no device.
 *
 * @returns node name → device, in the order of `IMAGE_BLOCK_DEVICES`: images, their partitions, volumes
 */
export async function openDevices(
  request: OpenDevicesRequest,
  ports: Ports,
  scope: Scope,
): Promise<ReadonlyMap<string, string>> {
  const { layout, imagePaths } = request;
  const devices = new Map<string, string>();
  const attach = async (wanted: AttachRequest): Promise<AttachedImage> => {
    const attached = await attachImage(wanted, ports);
    scope.onClose(attached.device, () => attached.detach());
    return attached;
  };
  for (const image of layout.images) {
    const filePath = imagePaths.get(image.name);
    if (filePath === undefined) throw new Error(`Internal error: image "${image.name}" was not made`);
    const { device } = await attach({ filePath, sectorSizeBytes: image.sectorSizeBytes });
    devices.set(image.name, device);
    const partitions = await openPartitionDevices({ image, imagePath: filePath, device, attach }, ports);
    for (const [name, partition] of partitions) devices.set(name, partition);
  }
  for (const fileSystem of layout.fileSystems) {
    const [region, ...more] = fileSystem.regions;
    const filePath = region === undefined ? undefined : imagePaths.get(region.image);
    if (devices.has(fileSystem.base) || region === undefined || filePath === undefined || more.length > 0) continue;
    const { device } = await attach({ filePath, sectorSizeBytes: fileSystem.sectorSizeBytes, region });
    devices.set(fileSystem.base, device);
  }
  return devices;
}

/**
 * Insists that every file system to be mounted lies in one piece.
 *
 * @throws BuildError or BuildErrors `FILE_SYSTEM_UNSUPPORTED`, one for each that does not
 */
export function checkPieces(layout: DiskLayout): void {
  throwFaults(
    layout.fileSystems
      .filter((fileSystem) => isMounted(fileSystem) && fileSystem.regions.length !== 1)
      .map(
        ({ name, base, mountPoint, regions }) =>
          new BuildError({
            code: 'FILE_SYSTEM_UNSUPPORTED',
            message: `file system "${name}" (${mountPoint}) on "${base}" lies in ${regions.length} pieces; mounting it in loop mode would need device-mapper, which builds do without`,
            hint: 'use DIB_DISK_MODE=files, or give the volume group one physical volume',
          }),
      ),
  );
}

/** Whether something mounts a file system while hooks run; swap is never. */
export function isMounted(fileSystem: FileSystemLayout): boolean {
  return fileSystem.mountPoint !== undefined && fileSystem.mountPoint !== 'none' && fileSystem.type !== 'swap';
}
