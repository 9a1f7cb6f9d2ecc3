import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DiskLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';

/** Where nodes are made. */
export interface DevNodesPlace {
  /** The `dev` of the chroot: not the host's. */
  readonly devDirectory: string;
}

/** What {@link makeDeviceNodes} needs. */
export interface DeviceNodesRequest extends DevNodesPlace {
  readonly layout: DiskLayout;
  /** Node name → device. */
  readonly devices: ReadonlyMap<string, string>;
}

/**
 * Shows the devices of the disk in the chroot's `/dev` under the names that they have outside, and finds file systems
 * by UUID and label below `/dev/disk`, as udev would: `grub-mkconfig` asks for these names.
 */
export async function makeDeviceNodes(request: DeviceNodesRequest, ports: Ports): Promise<void> {
  const { layout, devices, devDirectory } = request;
  for (const device of new Set(devices.values())) await makeNode(device, { devDirectory }, ports);
  for (const { base, uuid, label } of layout.fileSystems) {
    const device = devices.get(base);
    if (device === undefined) continue;
    await linkTo(device, `${devDirectory}/disk/by-uuid/${escapeName(uuid)}`);
    await linkTo(device, `${devDirectory}/disk/by-label/${escapeName(label)}`);
  }
}

/** Makes the node of one device. */
export async function makeNode(device: string, { devDirectory }: DevNodesPlace, ports: Ports): Promise<void> {
  const node = `${devDirectory}/${device.slice('/dev/'.length)}`;
  const { rdev } = await stat(device);
  await mkdir(dirname(node), { recursive: true });
  await rm(node, { force: true });
  await ports.programs.require({
    program: 'mknod',
    arguments: ['--mode=0660', node, 'b', String(majorOf(rdev)), String(minorOf(rdev))],
  });
}

/** The major number in a `dev_t`. @see glibc `bits/sysmacros.h` */
export function majorOf(rdev: number): number {
  const number = BigInt(rdev);
  return Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n));
}

/** The minor number in a `dev_t`. */
export function minorOf(rdev: number): number {
  const number = BigInt(rdev);
  return Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n));
}

async function linkTo(device: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(`../..${device.slice('/dev'.length)}`, path);
}

/** As udev escapes names: a slash or a blank would be no file name, or a confusing one. */
function escapeName(name: string): string {
  return name.replace(/[^\w#+\-.:=@]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
