import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { BuildError, hasErrorCode, throwFaults } from '../base/build-error.js';
import { type Scope, withScope } from '../base/scope.js';
import type { DiskLayout, FileSystemLayout, ImageLayout } from '../model/layout.js';
import type { Clock, Ports } from '../model/ports.js';
import { type ByteRun, writeRuns } from './byte-run.js';
import { copyIntoRegions } from './copy-into-regions.js';
import { readDataRanges } from './data-ranges.js';
import { fileSystemFaults } from './file-system-faults.js';
import { encodeGpt } from './gpt.js';
import { embedGrub, findGrubImages } from './grub-boot.js';
import { encodeVolumeGroup } from './lvm.js';
import { encodeMbr } from './mbr.js';
import { populatorTable } from './populator-table.js';
import { openTreeView } from './tree-view.js';

/** What a disk is assembled from. All directories are absolute and exist. */
export interface AssembleDiskRequest {
  readonly layout: DiskLayout;
  readonly treeDirectory: string;
  /** Where `<image>.raw` goes when the layout names no directory. */
  readonly imageDirectory: string;
  /** Holds scratch files and views; they are gone afterwards. */
  readonly workDirectory: string;
  readonly sourceDateEpochSeconds?: number;
  /**
   * GRUB for BIOS from the tree's `boot.img` and `core.img` (`/boot/grub/i386-pc` or `/boot/grub2/i386-pc`):
   * `required` insists on them, `when-present` embeds them where they are. Absent: the boot code stays zero.
   */
  readonly bootFiles?: 'required' | 'when-present';
  /** Names of file systems that stay unmade: somebody else makes them where they lie. */
  readonly unmadeFileSystems?: readonly string[];
}

const efiSystemTypeGuid = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const efiSystemMbrType = 0xef;

/**
 * Makes the raw files of a layout from a tree, in user space: no loop device, no mount of the image.
 *
 * With several file systems the caller is root in a mount namespace of its own, see {@link openTreeView}.
 *
 * @returns image name → path of its raw file, flushed to disk
 * @throws BuildError `FILE_SYSTEM_UNSUPPORTED`, `LAYOUT_INVALID`, `LAYOUT_TOO_SMALL`, `OUTPUT_UNWRITABLE`; the raw files are removed then
 */
export async function assembleDisk(request: AssembleDiskRequest, ports: Ports): Promise<ReadonlyMap<string, string>> {
  const { layout, imageDirectory, unmadeFileSystems = [] } = request;
  const fileSystems = layout.fileSystems.filter(({ name }) => !unmadeFileSystems.includes(name));
  throwFaults(fileSystemFaults(fileSystems));
  const created = new Map<string, string>();
  try {
    for (const image of layout.images)
      created.set(image.name, await createImage(image, image.directory ?? imageDirectory));
    for (const image of layout.images) await writeTable(image, pathOf(created, image.name));
    await writeVolumeGroups(request, created, ports.clock);
    await everySettled(fileSystems.map((fileSystem) => makeFileSystem({ request, fileSystem, created }, ports)));
    await embedBootCode(request, created);
    for (const path of created.values()) await flush(path);
  } catch (error) {
    for (const path of created.values()) await rm(path, { force: true });
    throw error;
  }
  return created;
}

/** Which types of file system can be made in user space. */
export function isPopulatable(type: string): boolean {
  return populatorTable[type] !== undefined;
}

/** What {@link remakeFileSystem} needs. All directories are absolute and exist. */
export interface RemakeFileSystemRequest {
  readonly layout: DiskLayout;
  readonly fileSystem: FileSystemLayout;
  /** What it shall hold now. */
  readonly partDirectory: string;
  readonly imagePaths: ReadonlyMap<string, string>;
  readonly workDirectory: string;
  readonly sourceDateEpochSeconds?: number;
}

/** Makes one file system of finished images again, from another directory. @throws BuildError as {@link assembleDisk} */
export async function remakeFileSystem(request: RemakeFileSystemRequest, ports: Ports): Promise<void> {
  const { fileSystem, partDirectory, imagePaths } = request;
  for (const { image, offsetBytes, sizeBytes } of fileSystem.regions) {
    // The populators expect a region that reads as zeros.
    await ports.programs.require({
      program: 'fallocate',
      arguments: ['--punch-hole', `--offset=${offsetBytes}`, `--length=${sizeBytes}`, pathOf(imagePaths, image)],
    });
  }
  await makeFileSystem({ request, fileSystem, created: imagePaths, partDirectory }, ports);
}

async function createImage(image: ImageLayout, directory: string): Promise<string> {
  const path = `${directory}/${image.name}.raw`;
  try {
    // A file in a directory that the user named is not ours to replace.
    const file = await open(path, image.directory === undefined ? 'w' : 'wx');
    await file.truncate(image.sizeBytes).finally(() => file.close());
  } catch (error) {
    const exists = hasErrorCode(error, 'EEXIST');
    throw new BuildError({
      code: 'OUTPUT_UNWRITABLE',
      message: `cannot create ${path}: ${exists ? 'it exists already' : String(error)}`,
      hint: exists ? 'move it away' : 'check that the directory exists and may be written',
      cause: error,
    });
  }
  return path;
}

async function writeTable(image: ImageLayout, path: string): Promise<void> {
  const { name: imageName, sectorSizeBytes, sizeBytes: imageSizeBytes, table } = image;
  if (table === undefined) return;
  const runs =
    table.kind === 'mbr'
      ? encodeMbr({ imageName, sectorSizeBytes, table })
      : encodeGpt({ imageName, imageSizeBytes, sectorSizeBytes, table });
  await writeRunsTo(path, runs);
}

async function writeVolumeGroups(
  request: AssembleDiskRequest,
  created: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<void> {
  const creationSeconds = request.sourceDateEpochSeconds ?? Math.floor(clock.nowMs() / 1000);
  for (const group of request.layout.volumeGroups) {
    const volumes = encodeVolumeGroup(group, { creationSeconds });
    for (const { image, runs } of volumes) await writeRunsTo(pathOf(created, image), runs);
  }
}

async function makeFileSystem(
  task: {
    readonly fileSystem: FileSystemLayout;
    readonly created: ReadonlyMap<string, string>;
  } & (
    | { readonly request: AssembleDiskRequest; readonly partDirectory?: undefined }
    | { readonly request: RemakeFileSystemRequest; readonly partDirectory: string }
  ),
  ports: Ports,
): Promise<void> {
  const { request, fileSystem, created } = task;
  const { layout, sourceDateEpochSeconds } = request;
  const populator = populatorTable[fileSystem.type];
  if (populator === undefined) throw new Error(`Internal error: no populator for ${fileSystem.type}`);
  await withScope(async (scope) => {
    const workDirectory = await mkdtemp(`${request.workDirectory}/file-system-`);
    scope.onClose(workDirectory, () => rm(workDirectory, { recursive: true, force: true }));
    const common = {
      fileSystem,
      workDirectory,
      treeDirectory: task.partDirectory ?? (await openPart(task.request, { fileSystem, workDirectory, scope }, ports)),
      sizeBytes: fileSystem.sizeBytes,
      isEfiSystemPartition: isEfiSystemPartition(layout, fileSystem),
      ...(sourceDateEpochSeconds === undefined ? {} : { sourceDateEpochSeconds }),
    };
    const [first, ...more] = fileSystem.regions;
    if (first === undefined) throw new Error(`Internal error: file system "${fileSystem.name}" lies nowhere`);
    if (populator.worksInPlace && more.length === 0) {
      const { offsetBytes } = first;
      await populator.populate({ ...common, filePath: pathOf(created, first.image), offsetBytes }, ports);
      return;
    }
    const filePath = `${workDirectory}/file-system.raw`;
    const file = await open(filePath, 'wx');
    await file.truncate(fileSystem.sizeBytes).finally(() => file.close());
    await populator.populate({ ...common, filePath, offsetBytes: 0 }, ports);
    const regions = fileSystem.regions.map((region) => ({ ...region, filePath: pathOf(created, region.image) }));
    const ranges = await readDataRanges({ filePath, sizeBytes: fileSystem.sizeBytes }, ports);
    await copyIntoRegions({ sourcePath: filePath, regions, ranges });
  });
}

/** The directory with what the file system shall hold; an empty one when nothing mounts it. */
async function openPart(
  request: AssembleDiskRequest,
  part: { readonly fileSystem: FileSystemLayout; readonly workDirectory: string; readonly scope: Scope },
  ports: Ports,
): Promise<string> {
  const { mountPoint, type } = part.fileSystem;
  const viewDirectory = `${part.workDirectory}/view`;
  await mkdir(viewDirectory, { mode: 0o755 });
  if (mountPoint === undefined || mountPoint === 'none' || type === 'swap') return viewDirectory;
  const prefix = mountPoint === '/' ? '/' : `${mountPoint}/`;
  const childMountPoints = request.layout.fileSystems.flatMap((other) =>
    other.mountPoint?.startsWith(prefix) === true && other.mountPoint !== mountPoint ? [other.mountPoint] : [],
  );
  const { treeDirectory } = request;
  return openTreeView({ treeDirectory, mountPoint, childMountPoints, viewDirectory }, ports, part.scope);
}

function isEfiSystemPartition(layout: DiskLayout, fileSystem: FileSystemLayout): boolean {
  const [region] = fileSystem.regions;
  const image = layout.images.find(({ name }) => name === region?.image);
  return (image?.table?.partitions ?? []).some(
    ({ startSector, typeGuid, mbrType }) =>
      startSector * (image?.sectorSizeBytes ?? 0) === region?.offsetBytes &&
      (typeGuid?.toUpperCase() === efiSystemTypeGuid || mbrType === efiSystemMbrType),
  );
}

async function embedBootCode(request: AssembleDiskRequest, created: ReadonlyMap<string, string>): Promise<void> {
  const { bootFiles, layout, treeDirectory } = request;
  if (bootFiles === undefined) return;
  const grub = await findGrubImages(treeDirectory);
  if (grub === undefined) {
    if (bootFiles === 'when-present') return;
    throw new BuildError({
      code: 'FILE_UNREADABLE',
      message: 'the tree has no boot.img and core.img in /boot/grub/i386-pc or /boot/grub2/i386-pc',
      hint: 'they are made by the bootloader element from the GRUB packages of the target',
    });
  }
  const image = bootImage(layout);
  if (image === undefined) throw new Error('Internal error: no file system is mounted at /');
  await embedGrub(pathOf(created, image.name), image, grub);
}

/** The image with `/boot`: the firmware's first disk. */
function bootImage(layout: DiskLayout): ImageLayout | undefined {
  const at = (mountPoint: string) => layout.fileSystems.find((fileSystem) => fileSystem.mountPoint === mountPoint);
  const region = (at('/boot') ?? at('/'))?.regions[0];
  return layout.images.find(({ name }) => name === region?.image);
}

async function writeRunsTo(path: string, runs: readonly ByteRun[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await writeRuns(file, runs);
  } finally {
    await file.close();
  }
}

/** Only this file: a global sync would wait for everything else on the machine. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits for all, so that nothing still writes when the first failure is reported. */
async function everySettled(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function pathOf(created: ReadonlyMap<string, string>, image: string): string {
  const path = created.get(image);
  if (path === undefined) throw new Error(`Internal error: image "${image}" is not in the layout`);
  return path;
}
