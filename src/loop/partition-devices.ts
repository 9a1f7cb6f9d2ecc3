import { readFile, stat } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { ImageLayout, PartitionLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import type { AttachedImage, AttachRequest } from './attach-image.js';

/** What {@link openPartitionDevices} needs. */
export interface PartitionDevicesRequest {
  readonly image: ImageLayout;
  readonly imagePath: string;
  /** The loop device of the whole image. */
  readonly device: string;
  /** Attaches a region, and sees to its release. */
  readonly attach: (request: AttachRequest) => Promise<AttachedImage>;
}

/**
 * Gives a device for each partition of an attached image.
 *
 * The kernel is told each partition (addpart, ioctl `BLKPG`), so that `/dev/loopNpM` is known as a partition of
 * `/dev/loopN`: boot loaders ask for that. Neither the kernel's own reading of tables nor udev is needed. Where the
 * kernel refuses, or no node appears (a container with a `/dev` of its own), a loop device at the offset of the
 * partition takes its place.
 *
 * @returns name of the partition → device
 */
export async function openPartitionDevices(
  request: PartitionDevicesRequest,
  ports: Ports,
): Promise<ReadonlyMap<string, string>> {
  const { image, imagePath, device } = request;
  const devices = new Map<string, string>();
  for (const partition of image.table?.partitions ?? []) {
    const node = await addPartition({ device, image, partition }, ports);
    devices.set(
      partition.name,
      node ??
        (
          await request.attach({
            filePath: imagePath,
            sectorSizeBytes: image.sectorSizeBytes,
            region: {
              offsetBytes: partition.startSector * image.sectorSizeBytes,
              sizeBytes: partition.sectorCount * image.sectorSizeBytes,
            },
          })
        ).device,
    );
  }
  return devices;
}

interface PartitionOfDevice {
  readonly device: string;
  readonly image: ImageLayout;
  readonly partition: PartitionLayout;
}

/** The kernel counts in 512 bytes, whatever the sectors of the disk are. */
const kernelSectorBytes = 512;

async function addPartition(place: PartitionOfDevice, ports: Ports): Promise<string | undefined> {
  const { device, image, partition } = place;
  const factor = image.sectorSizeBytes / kernelSectorBytes;
  const start = partition.startSector * factor;
  const count = partition.sectorCount * factor;
  const node = `${device}p${partition.number}`;
  if (!(await isKnown(place, { start, count })) && ports.programs.find('addpart') !== undefined)
    // Refused where the kernel has read the table itself meanwhile; what counts is what it knows afterwards.
    await ports.programs.run({
      program: 'addpart',
      arguments: [device, String(partition.number), String(start), String(count)],
    });
  return (await isKnown(place, { start, count })) && (await isBlockDevice(node)) ? node : undefined;
}

async function isKnown(
  { device, partition }: PartitionOfDevice,
  wanted: { readonly start: number; readonly count: number },
): Promise<boolean> {
  const name = device.replace(/^\/dev\//, '');
  const directory = `/sys/block/${name}/${name}p${partition.number}`;
  const start = await readNumber(`${directory}/start`);
  if (start === undefined) return false;
  const count = await readNumber(`${directory}/size`);
  if (start === wanted.start && count === wanted.count) return true;
  throw new BuildError({
    code: 'COMMAND_FAILED',
    message: `${device}p${partition.number} is at sector ${start} with ${count} sectors, not at ${wanted.start} with ${wanted.count}`,
    hint: 'another program has changed the partitions of this loop device',
  });
}

async function readNumber(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Whether a path is a block device. */
export async function isBlockDevice(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isBlockDevice();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
