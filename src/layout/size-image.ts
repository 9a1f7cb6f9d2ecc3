import { BuildError, throwFaults } from '../base/build-error.js';
import { alignUp, formatBytes, gibibyte, kibibyte, mebibyte } from '../base/units.js';
import type { DiskLayoutSpec, FileSystemSpec, MountUsage } from '../model/layout.js';
import type { ImageSizeRequest } from '../model/request.js';
import { type FileSystemLoad, fileSystemNeedBytes, holdsLoad } from './file-system-need.js';
import { gptTypeTable } from './gpt-type-table.js';
import { sizeText } from './partition-fault.js';
import { type DevicePlacement, placeDevices } from './place-devices.js';
import { defaultJournalMib, journalMibFor, type RootOptionsRequest, rootMkfsOptions } from './root-options.js';
import { smallestFitting } from './smallest-fitting.js';

/** Sizes of images whose size the layout leaves open, and options that follow from them. */
export interface FittedImages {
  /** Bytes by image name; all open images get the same, as the original has it. */
  readonly imageSizes: ReadonlyMap<string, number>;
  /** mkfs options by file system, for {@link sizeLayout}. */
  readonly fileSystemOptions: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

/** Images are whole multiples of this. */
const stepBytes = 64 * kibibyte;

/**
 * Decides how large the images are.
 *
 * An explicit size is kept, rounded up to 64 KiB. Otherwise each file system that can grow gets its content divided by
 * 0.6, all of them together at least what the original gives the whole image, and each one at least what it needs;
 * fixed partitions, tables and alignment come on top.
 *
 * @param usage what the files of each mount point occupy; absent mount points hold nothing
 * @throws BuildError or BuildErrors `LAYOUT_TOO_SMALL` when a file system cannot hold its content, with what is needed
 */
export function fittedImageSizes(
  spec: DiskLayoutSpec,
  {
    usage,
    size,
    root = {},
  }: {
    readonly usage: ReadonlyMap<string, MountUsage>;
    readonly size: ImageSizeRequest;
    readonly root?: RootOptionsRequest;
  },
): FittedImages {
  const open = spec.images.filter(({ sizeBytes }) => sizeBytes === undefined).map(({ name }) => name);
  const wishes = spec.fileSystems.map((fileSystem) => wishOf(fileSystem, { spec, usage, size, root }));
  const place = (sizeBytes: number): DevicePlacement =>
    placeDevices(spec, new Map(open.map((name) => [name, sizeBytes])));
  const fitting: Fitting = { spec, wishes, place, baseBytes: originalBytes(spec, { usage, size, root }) };
  const sizeBytes =
    size.imageSizeGib === undefined && open.length > 0
      ? growToFit(fitting)
      : alignUp(Math.trunc((size.imageSizeGib ?? 0) * gibibyte), stepBytes);
  checkFit(fitting, sizeBytes, open.length > 0);
  const placement = place(sizeBytes);
  return {
    imageSizes: new Map(open.map((name) => [name, sizeBytes])),
    fileSystemOptions: new Map(
      spec.fileSystems
        .filter(({ takesRootOptions }) => takesRootOptions === true)
        .map((fileSystem) => [
          fileSystem.name,
          rootMkfsOptions(fileSystem, deviceBytes(placement, fileSystem.base), root),
        ]),
    ),
    warnings: idleSettings(spec, root),
  };
}

/** What one file system must and should have. */
interface FileSystemWish {
  readonly fileSystem: FileSystemSpec;
  readonly mountPoint: string | undefined;
  readonly load: FileSystemLoad;
  readonly neededBytes: number;
  /** What mkfs insists on, whatever the content. */
  readonly leastBytes: number;
  /** With room to work in; only where the device grows with the image. */
  readonly desiredBytes: number;
}

interface Fitting {
  readonly spec: DiskLayoutSpec;
  readonly wishes: readonly FileSystemWish[];
  readonly place: (sizeBytes: number) => DevicePlacement;
  /** What the original makes the whole image, without partitions. */
  readonly baseBytes: number;
}

interface FitRequest {
  readonly usage: ReadonlyMap<string, MountUsage>;
  readonly size: ImageSizeRequest;
  readonly root: RootOptionsRequest;
}

const nothing: MountUsage = { contentBytes: 0, inodeCount: 0 };

function wishOf(
  fileSystem: FileSystemSpec,
  { spec, usage, size, root }: FitRequest & { readonly spec: DiskLayoutSpec },
): FileSystemWish {
  const mountPoint = spec.mounts.find((mount) => mount.fileSystem === fileSystem.name)?.mountPoint;
  const held = (mountPoint === undefined ? undefined : usage.get(mountPoint)) ?? nothing;
  const takesRootOptions = fileSystem.takesRootOptions === true;
  const options = takesRootOptions ? rootMkfsOptions(fileSystem, gibibyte, root) : fileSystem.options;
  const hasOwnJournal = takesRootOptions && fileSystem.type === 'ext4';
  const load: FileSystemLoad = {
    usage: held,
    options,
    ...(hasOwnJournal
      ? { journalBytesFor: (sizeBytes) => (journalMibFor(sizeBytes, root.journalSizeMib) ?? 4) * mebibyte }
      : {}),
  };
  // mke2fs refuses a journal of more than half the file system.
  const journalBytes = hasOwnJournal && root.journalSizeMib !== undefined ? root.journalSizeMib * 2 * mebibyte : 0;
  return {
    fileSystem,
    mountPoint,
    load,
    neededBytes: Math.max(fileSystemNeedBytes(fileSystem.type, load), journalBytes),
    leastBytes: journalBytes,
    desiredBytes: fileSystem.type === 'swap' ? 0 : scaledBytes(held.contentBytes, size),
  };
}

function scaledBytes(contentBytes: number, size: ImageSizeRequest): number {
  return size.extraSizeMib === undefined ? Math.trunc(contentBytes / 0.6) : contentBytes;
}

function originalBytes(spec: DiskLayoutSpec, { usage, size, root }: FitRequest): number {
  const contentBytes = [...usage.values()].reduce((sum, held) => sum + held.contentBytes, 0);
  const rootMount = spec.mounts.find(({ mountPoint }) => mountPoint === '/');
  const rootType = spec.fileSystems.find(({ name }) => name === rootMount?.fileSystem)?.type;
  const journalMib = rootType === 'ext4' ? (root.journalSizeMib ?? defaultJournalMib) : 0;
  const extraBytes = Math.trunc((size.extraSizeMib ?? 0) * kibibyte) * kibibyte;
  return alignUp(scaledBytes(contentBytes, size) + extraBytes + journalMib * mebibyte, stepBytes);
}

/** What the original adds for an EFI system partition of 550 MiB; kept as the least, so that no image gets smaller. */
const efiPaddingBytes = 525 * mebibyte;

function efiPadding(spec: DiskLayoutSpec): number {
  const types = spec.partitionTables.flatMap(({ partitions }) => partitions.map(({ typeGuid }) => typeGuid));
  return types.includes(gptTypeTable.EF00.guid) ? efiPaddingBytes : 0;
}

function growToFit({ spec, wishes, place, baseBytes }: Fitting): number {
  const smallestBytes = smallestFitting({ stepBytes }, (sizeBytes) => place(sizeBytes).faults.length === 0);
  if (smallestBytes === undefined) {
    throwFaults(place(gibibyte).faults);
    return gibibyte;
  }
  const small = place(smallestBytes);
  const large = place(smallestBytes + gibibyte);
  const growing = new Set(
    spec.fileSystems.filter(({ base }) => deviceBytes(large, base) > deviceBytes(small, base)).map(({ name }) => name),
  );
  const required = wishes
    .filter(({ fileSystem }) => growing.has(fileSystem.name))
    .map(({ fileSystem, neededBytes, desiredBytes }) => ({
      base: fileSystem.base,
      wantedBytes: Math.max(neededBytes, desiredBytes),
    }));
  const fits = (sizeBytes: number): boolean => {
    const placement = place(sizeBytes);
    const grownBytes = required.reduce((sum, { base }) => sum + deviceBytes(placement, base), 0);
    return (
      placement.faults.length === 0 &&
      (required.length === 0 || grownBytes >= baseBytes) &&
      required.every(({ base, wantedBytes }) => deviceBytes(placement, base) >= wantedBytes)
    );
  };
  const leastBytes = Math.max(smallestBytes, growing.size === 0 ? 0 : baseBytes + efiPadding(spec));
  const fitted = smallestFitting({ stepBytes, fromBytes: leastBytes }, fits);
  if (fitted !== undefined) return fitted;
  throw new BuildError({
    code: 'LAYOUT_TOO_SMALL',
    message: `no image up to 64 TiB holds the tree in the layout ${spec.origin}`,
    hint: 'give the file systems larger shares',
  });
}

function checkFit({ spec, wishes, place }: Fitting, sizeBytes: number, isGrowable: boolean): void {
  const placement = place(sizeBytes);
  throwFaults(placement.faults);
  const short = wishes.filter((wish) => !isMet(wish, placement));
  if (short.length === 0) return;
  const enoughBytes = isGrowable
    ? smallestFitting({ stepBytes, fromBytes: sizeBytes }, (candidate) => {
        const larger = place(candidate);
        return larger.faults.length === 0 && wishes.every((wish) => isMet(wish, larger));
      })
    : undefined;
  throwFaults(
    short.map(({ fileSystem, mountPoint, load: { usage }, neededBytes }) => {
      const { name, type, base, where } = fileSystem;
      const hasBytes = deviceBytes(placement, base);
      const purpose =
        mountPoint === undefined || mountPoint === 'none'
          ? ''
          : ` for the ${formatBytes(usage.contentBytes)} in ${usage.inodeCount} files at ${mountPoint}`;
      return new BuildError({
        code: 'LAYOUT_TOO_SMALL',
        message: `${type} "${name}" on "${base}" needs about ${sizeText(neededBytes)}${purpose}, but has ${sizeText(hasBytes)}: ${sizeText(neededBytes - hasBytes)} missing`,
        hint:
          enoughBytes === undefined
            ? `make "${base}" larger in the layout ${spec.origin}`
            : `an image of ${Number((Math.ceil((enoughBytes / gibibyte) * 100) / 100).toFixed(2))} GiB would do (--image-size)`,
        ...(where === undefined ? {} : { where }),
      });
    }),
  );
}

function isMet({ fileSystem, load, leastBytes }: FileSystemWish, placement: DevicePlacement): boolean {
  const hasBytes = deviceBytes(placement, fileSystem.base);
  return hasBytes >= leastBytes && holdsLoad(fileSystem.type, hasBytes, load);
}

function deviceBytes(placement: DevicePlacement, device: string): number {
  return (placement.regionsOfDevice.get(device) ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function idleSettings(spec: DiskLayoutSpec, root: RootOptionsRequest): readonly string[] {
  const receiver = spec.fileSystems.find(({ takesRootOptions }) => takesRootOptions === true);
  const isExt4 = receiver?.type === 'ext4';
  const settings: readonly (readonly [boolean, string])[] = [
    [(root.mkfsOptions ?? '').trim() !== '' && receiver === undefined, '--mkfs-options'],
    [root.journalSizeMib !== undefined && !isExt4, 'DIB_JOURNAL_SIZE'],
    [root.maximumOnlineResizeBlocks !== undefined && !/^ext/.test(receiver?.type ?? ''), '--max-online-resize'],
  ];
  return settings
    .filter(([isIdle]) => isIdle)
    .map(([, setting]) => `${setting} has no effect: the layout ${spec.origin} makes no file system that takes it`);
}
