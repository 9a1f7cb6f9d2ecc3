import { BuildError } from '../base/build-error.js';
import type { DiskLayoutSpec, FileSystemSpec } from '../model/layout.js';
import { gptTypeTable } from './gpt-type-table.js';

/** What hooks are told about a layout. */
export interface LayoutValues {
  /** `root-label`, `DIB_ROOT_LABEL`. */
  readonly rootLabel: string;
  /** `root-fstype`, `DIB_ROOT_FSTYPE`. */
  readonly rootFileSystemType: string;
  /** `boot-label`, `DIB_BOOT_LABEL`; empty without a file system at `/boot`. */
  readonly bootLabel: string;
  /** `mount-points`, `DIB_MOUNTPOINTS`: joined by `|`, in mount order, `none` for swap. */
  readonly mountPoints: string;
  /** Name of the disk that carries the root: its file is NAME.raw. */
  readonly rootImage: string;
  /** What the root's disk can boot by, in the words of `DIB_BLOCK_DEVICE`; `none` without a partition table. */
  readonly bootKind: 'mbr' | 'gpt' | 'efi' | 'none';
}

/**
 * Derives the values of `dib-block-device getval` that are known before a disk is made.
 *
 * @throws BuildError `LAYOUT_INVALID` when nothing is mounted at `/`
 */
export function layoutValues(spec: DiskLayoutSpec): LayoutValues {
  const root = fileSystemAt(spec, '/');
  if (root === undefined)
    throw new BuildError({
      code: 'LAYOUT_INVALID',
      message: `the layout ${spec.origin} mounts nothing at /`,
      hint: 'give one mkfs a mount with mount_point: /',
    });
  const rootImage = imageOfDevice(spec, root.base) ?? '';
  return {
    rootLabel: root.label,
    rootFileSystemType: root.type,
    bootLabel: fileSystemAt(spec, '/boot')?.label ?? '',
    mountPoints: spec.mounts.map(({ mountPoint }) => mountPoint).join('|'),
    rootImage,
    bootKind: bootKindOf(spec, rootImage),
  };
}

function bootKindOf(spec: DiskLayoutSpec, image: string): LayoutValues['bootKind'] {
  const table = spec.partitionTables.find((candidate) => candidate.image === image);
  if (table === undefined) return 'none';
  const hasEsp = table.partitions.some(
    ({ typeGuid, mbrType }) => typeGuid === gptTypeTable.EF00.guid || mbrType === mbrEspType,
  );
  return hasEsp ? 'efi' : table.label;
}

/** UEFI 2.10 §5.2.2. */
const mbrEspType = 0xef;

/** The file system mounted at exactly this point. */
export function fileSystemAt(spec: DiskLayoutSpec, mountPoint: string): FileSystemSpec | undefined {
  const mount = spec.mounts.find((candidate) => candidate.mountPoint === mountPoint);
  return spec.fileSystems.find(({ name }) => name === mount?.fileSystem);
}

/** The disk that carries an image, partition or logical volume; of a group over several disks, the first. */
export function imageOfDevice(spec: DiskLayoutSpec, device: string): string | undefined {
  if (spec.images.some(({ name }) => name === device)) return device;
  const table = spec.partitionTables.find(({ partitions }) => partitions.some(({ name }) => name === device));
  if (table !== undefined) return table.image;
  const group = spec.volumeGroups.find(({ logicalVolumes }) => logicalVolumes.some(({ name }) => name === device));
  const base = group?.physicalVolumes[0]?.base;
  return base === undefined ? undefined : imageOfDevice(spec, base);
}
