import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { BuildError } from '../base/build-error.js';
import { openScope, type Scope } from '../base/scope.js';
import { journalMibFor } from '../layout/root-options.js';
import type { DiskLayout, FileSystemLayout } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import type { LoopDisk } from '../model/step-context.js';
import { backingFileOf, waitUntilFree } from './attach-image.js';
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
  if (!(await isBlockDevice(device)))
    throw invalid(`a block-device.d hook said IMAGE_BLOCK_DEVICE=${device}, which is no block device`);
  const scope = openScope();
  try {
    const loopDevice = await loopDeviceBelow(device);
    const backingFile = loopDevice === undefined ? undefined : await backingFileOf(loopDevice);
    if (loopDevice !== undefined) await holdDevice(loopDevice, ports, scope);
    const root = rootAlone(layout);
    const imagePath = request.imagePath ?? backingFile;
    if (imagePath === undefined)
      throw invalid(
        `a block-device.d hook said IMAGE_BLOCK_DEVICE=${device}, which is on no loop device, so the image file is not known`,
        'let the hook also print TMP_IMAGE_PATH=<file>',
      );
    const region = { image: 'image0', ...(await placeOnDisk(device, loopDevice, ports)) };
    if (!(await hasFileSystem(device, ports)))
      await ports.programs.require(mkfsCommand({ ...root, options: fittingOptions(root, region.sizeBytes) }, device));
    await makeNode(device, request, ports);
    if (loopDevice !== undefined && loopDevice !== device) await makeNode(loopDevice, request, ports);
    const oldTreeDirectory = `${workDirectory}/tree-before-mounting`;
    await showElsewhere({ treeDirectory, oldTreeDirectory }, ports, scope);
    await ports.programs.require({ program: 'mount', arguments: [device, treeDirectory] });
    scope.onClose(treeDirectory, () => releaseMount({ mountPoint: treeDirectory, isTrimmed: true }, ports));
    const part = { fileSystem: root, fileSystems: [root], partDirectory: oldTreeDirectory, mountPoint: treeDirectory };
    await copyPart(part, ports);
    const imagePaths = new Map([['image0', imagePath]]);
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
    mountPoint === undefined || mountPoint === '/' ? [] : [mountPoint === 'none' ? 'swap' : mountPoint],
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
  scope.onClose(device, async () => {
    closeSync(descriptor);
    await waitUntilFree(device);
  });
}

/** The journal that was chosen for the planned disk may be too large for this one. */
function fittingOptions({ type, options }: FileSystemLayout, sizeBytes: number): readonly string[] {
  if (type !== 'ext4') return options;
  const largestMib = journalMibFor(sizeBytes, undefined);
  return options.flatMap((word, index) => {
    const isJournal = (words: string | undefined, value: string | undefined): boolean =>
      words === '-J' && /^size=\d+$/.test(value ?? '') && Number(value?.slice('size='.length)) > (largestMib ?? 0);
    if (isJournal(word, options[index + 1])) return largestMib === undefined ? [] : [word];
    if (isJournal(options[index - 1], word)) return largestMib === undefined ? [] : [`size=${largestMib}`];
    return [word];
  });
}

async function hasFileSystem(device: string, ports: Ports): Promise<boolean> {
  const { stdout } = await ports.programs.run({
    program: 'blkid',
    arguments: ['--probe', '--match-tag', 'TYPE', '--output', 'value', device],
  });
  return stdout.trim() !== '';
}

/** Where a device lies in the image file: the offset of the loop device, and of the partition on it. */
async function placeOnDisk(
  device: string,
  loopDevice: string | undefined,
  ports: Ports,
): Promise<{ readonly offsetBytes: number; readonly sizeBytes: number }> {
  const { stdout } = await ports.programs.require({ program: 'blockdev', arguments: ['--getsize64', device] });
  const sizeBytes = Number(stdout);
  if (loopDevice === undefined) return { offsetBytes: 0, sizeBytes };
  const loop = basename(loopDevice);
  const loopOffsetBytes = Number(await readFile(`/sys/block/${loop}/loop/offset`, 'utf8'));
  return { offsetBytes: loopOffsetBytes + sectorBytes * (await startOnLoop(device, loop, ports)), sizeBytes };
}

const sectorBytes = 512;

async function startOnLoop(device: string, loop: string, ports: Ports): Promise<number> {
  const name = basename(device);
  if (name === loop) return 0;
  if (name.startsWith(`${loop}p`)) return Number(await readFile(`/sys/block/${loop}/${name}/start`, 'utf8'));
  // "start length linear device offset" (dmsetup(8)).
  const { stdout } = await ports.programs.require({ program: 'dmsetup', arguments: ['table', device] });
  const [, , target, , start] = stdout.trim().split(' ');
  if (target !== 'linear') throw invalid(`${device} is no plain part of a disk (dmsetup says ${target})`);
  return Number(start);
}

function invalid(message: string, hint?: string): BuildError {
  return new BuildError({ code: 'LAYOUT_INVALID', message, ...(hint === undefined ? {} : { hint }) });
}
