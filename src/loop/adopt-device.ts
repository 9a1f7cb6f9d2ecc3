import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { BuildError } from '../base/build-error.js';
import { openScope, type Scope } from '../base/scope.js';
import type { DiskLayout, FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import type { LoopDisk } from '../model/step-context.js';
import { backingFileOf } from './attach-image.js';
import { copyPart } from './copy-part.js';
import { type DevNodesPlace, makeNode } from './device-nodes.js';
import { mkfsCommand } from './mkfs-command.js';
import { showElsewhere, showReadOnly } from './open-loop-disk.js';
import { isBlockDevice } from './partition-devices.js';
import { releaseMount } from './release-mount.js';

/** What {@link adoptDevice} needs. All directories are absolute and exist. */
export interface AdoptDeviceRequest extends DevNodesPlace {
  readonly layout: DiskLayout;
  /** The block device that a hook named. */
  readonly device: string;
  /** The raw file behind it, where the hook named one. */
  readonly imagePath?: string;
  readonly treeDirectory: string;
  readonly workDirectory: string;
}

/**
 * Uses the device that a hook of `block-device.d` made for the root file system: makes a file system on it unless it
 * has one, mounts it over the tree and copies the tree into it. The raw file behind it becomes the disk image.
 *
 * @throws BuildError `LAYOUT_INVALID` when it is no block device of an image file, or the layout wants more than `/`
 */
export async function adoptDevice(request: AdoptDeviceRequest, ports: Ports): Promise<LoopDisk> {
  const { layout, device, treeDirectory, workDirectory } = request;
  const root = rootAlone(layout);
  if (!(await isBlockDevice(device)))
    throw invalid(`a block-device.d hook said IMAGE_BLOCK_DEVICE=${device}, which is no block device`);
  const loopDevice = await loopDeviceBelow(device);
  const backingFile = loopDevice === undefined ? undefined : await backingFileOf(loopDevice);
  const imagePath = request.imagePath ?? backingFile;
  if (imagePath === undefined)
    throw invalid(
      `a block-device.d hook said IMAGE_BLOCK_DEVICE=${device}, which is on no loop device, so the image file is not known`,
      'let the hook also print TMP_IMAGE_PATH=<file>',
    );
  const scope = openScope();
  try {
    if (loopDevice !== undefined) await holdDevice(loopDevice, ports, scope);
    if (!(await hasFileSystem(device, ports))) await ports.programs.require(mkfsCommand(root, device));
    await makeNode(device, request, ports);
    if (loopDevice !== undefined && loopDevice !== device) await makeNode(loopDevice, request, ports);
    const oldTreeDirectory = `${workDirectory}/tree-before-mounting`;
    await showElsewhere({ treeDirectory, oldTreeDirectory }, ports, scope);
    await ports.programs.require({ program: 'mount', arguments: [device, treeDirectory] });
    scope.onClose(treeDirectory, () => releaseMount({ mountPoint: treeDirectory, isTrimmed: true }, ports));
    const part = { fileSystem: root, fileSystems: [root], partDirectory: oldTreeDirectory, mountPoint: treeDirectory };
    await copyPart(part, ports);
    const imagePaths = new Map([['image0', imagePath]]);
    const region = { image: 'image0', ...(await placeOnDisk(device)) };
    return {
      devices: new Map([['image0', device]]),
      imageDevice: device,
      mountPoints: [treeDirectory],
      async close() {
        await scope.close();
        return imagePaths;
      },
      showReadOnly: () =>
        showReadOnly(
          {
            fileSystems: [{ ...root, regions: [region] }],
            imagePaths,
            treeDirectory,
            oldTreeDirectory,
            standIns: [],
          },
          ports,
        ),
    };
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

function rootAlone(layout: DiskLayout): FileSystemLayout {
  const root = layout.fileSystems.find(({ mountPoint }) => mountPoint === '/');
  const others = layout.fileSystems.flatMap(({ mountPoint }) =>
    mountPoint === undefined || mountPoint === '/' ? [] : [mountPoint],
  );
  if (root === undefined) throw invalid('the layout mounts nothing at /');
  if (others.length > 0)
    throw invalid(
      `a block-device.d hook made the disk, which has room for / alone, but the layout also has ${others.join(', ')}`,
      'leave out the block-device-* element, or the element that makes the disk itself',
    );
  return root;
}

/** `/dev/loop3` for `/dev/loop3` and `/dev/loop3p1`; undefined for others. */
async function loopDeviceBelow(device: string): Promise<string | undefined> {
  const name = /^(loop\d+)(p\d+)?$/.exec(basename(device))?.[1];
  if (name !== undefined) return `/dev/${name}`;
  // What device-mapper made, as kpartx does: the disk below it.
  const { rdev } = await stat(device);
  for (const holder of await readdir('/sys/block')) {
    if (!holder.startsWith('dm-')) continue;
    const node = await stat(`/dev/${holder}`).catch(() => undefined);
    if (node?.rdev !== rdev) continue;
    const [slave] = await readdir(`/sys/block/${holder}/slaves`);
    return slave?.startsWith('loop') === true ? `/dev/${slave}` : undefined;
  }
  return undefined;
}

/** From now on the kernel releases the device when nobody uses it any more, as the hook that attached it will not. */
async function holdDevice(device: string, ports: Ports, scope: Scope): Promise<void> {
  const descriptor = openSync(device, 'r');
  await ports.programs.run({ program: 'losetup', arguments: ['--detach', device] });
  scope.onClose(device, () => closeSync(descriptor));
}

async function hasFileSystem(device: string, ports: Ports): Promise<boolean> {
  const { stdout } = await ports.programs.run({
    program: 'blkid',
    arguments: ['--probe', '--match-tag', 'TYPE', '--output', 'value', device],
  });
  return stdout.trim() !== '';
}

/** Where a partition of a loop device lies; the whole device for others. */
async function placeOnDisk(device: string): Promise<{ readonly offsetBytes: number; readonly sizeBytes: number }> {
  const [, disk, number] = /^(loop\d+)(p\d+)?$/.exec(basename(device)) ?? [];
  const directory = number === undefined ? `/sys/block/${basename(device)}` : `/sys/block/${disk}/${disk}${number}`;
  const read = async (name: string): Promise<number> => 512 * Number(await readSysfs(`${directory}/${name}`));
  return { offsetBytes: number === undefined ? 0 : await read('start'), sizeBytes: await read('size') };
}

async function readSysfs(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '0')).trim();
}

function invalid(message: string, hint?: string): BuildError {
  return new BuildError({ code: 'LAYOUT_INVALID', message, ...(hint === undefined ? {} : { hint }) });
}
