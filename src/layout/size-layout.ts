import { throwFaults } from '../base/build-error.js';
import type {
  DiskLayout,
  DiskLayoutSpec,
  FileSystemLayout,
  ImageLayout,
  PartitionLayout,
  PartitionTableLayout,
  VolumeGroupLayout,
} from '../model/layout.js';
import type { Identities } from '../model/ports.js';
import { formatFstab } from './format-fstab.js';
import { diskGuid, diskSignature, fileSystemUuid, lvmId, partitionGuid } from './name-identities.js';
import { type DevicePlacement, placeDevices } from './place-devices.js';

/**
 * Turns names and relative sizes into bytes and identifiers.
 *
 * Partitions and volumes are rounded down to their alignment (default 1 MiB) or extents (default 4 MiB).
 *
 * @param imageSizes bytes of the images whose size the configuration leaves open
 * @param fileSystemOptions mkfs options by file system, in place of the configured ones
 * @throws BuildError or BuildErrors `LAYOUT_TOO_SMALL` or `LAYOUT_INVALID`, one for each partition or volume that does not fit
 */
export function sizeLayout(
  spec: DiskLayoutSpec,
  {
    imageSizes,
    identities,
    fileSystemOptions = new Map(),
  }: {
    readonly imageSizes: ReadonlyMap<string, number>;
    readonly identities: Identities;
    readonly fileSystemOptions?: ReadonlyMap<string, readonly string[]> | undefined;
  },
): DiskLayout {
  const placement = placeDevices(spec, imageSizes);
  throwFaults(placement.faults);
  const fstab = formatFstab(spec.mounts, spec.fileSystems);
  return {
    images: layOutImages(spec, placement, identities),
    volumeGroups: layOutGroups(placement, identities),
    fileSystems: layOutFileSystems(spec, placement, { identities, fileSystemOptions }),
    ...(fstab === undefined ? {} : { fstab }),
  };
}

function layOutImages(
  spec: DiskLayoutSpec,
  placement: DevicePlacement,
  identities: Identities,
): readonly ImageLayout[] {
  return spec.images.map(({ name, directory, sectorSizeBytes }) => {
    const table = layOutTable(name, placement, identities);
    return {
      name,
      sizeBytes: placement.imageSizes.get(name) ?? 0,
      sectorSizeBytes,
      ...(directory === undefined ? {} : { directory }),
      ...(table === undefined ? {} : { table }),
    };
  });
}

function layOutTable(
  image: string,
  placement: DevicePlacement,
  identities: Identities,
): PartitionTableLayout | undefined {
  const table = placement.tables.find(({ spec }) => spec.image === image);
  if (table === undefined) return undefined;
  const isGpt = table.spec.label === 'gpt';
  const partitions = table.placement.partitions.map(({ spec, ...placed }): PartitionLayout => {
    const { name, isBootable, isLogical, mbrType, typeGuid } = spec;
    return {
      name,
      ...placed,
      isBootable,
      isLogical,
      ...(mbrType === undefined ? {} : { mbrType }),
      ...(typeGuid === undefined ? {} : { typeGuid }),
      ...(isGpt ? { partitionGuid: partitionGuid(identities, image, name) } : {}),
    };
  });
  if (isGpt) return { kind: 'gpt', diskGuid: diskGuid(identities, image), partitions };
  const { extended } = table.placement;
  const diskSignatureValue = diskSignature(identities, image);
  return {
    kind: 'mbr',
    diskSignature: diskSignatureValue,
    partitions,
    ...(extended === undefined ? {} : { extended }),
  };
}

function layOutGroups(placement: DevicePlacement, identities: Identities): readonly VolumeGroupLayout[] {
  return placement.groups.map(({ spec, placement: { physicalVolumes, volumes, spareSegments } }) => ({
    name: spec.name,
    id: lvmId(identities, `vg:${spec.name}`),
    extentSizeBytes: spec.extentSizeBytes,
    physicalVolumes: physicalVolumes.map(({ name, region, extentCount }) => ({
      name,
      id: lvmId(identities, `pv:${name}`),
      region,
      extentCount,
    })),
    logicalVolumes: volumes.map(({ spec: volume, sizeBytes, segments, pool, thin }) => ({
      name: volume.name,
      id: lvmId(identities, `lv:${spec.name}/${volume.name}`),
      type: volume.type,
      ...(volume.thinPool === undefined ? {} : { thinPool: volume.thinPool }),
      sizeBytes,
      segments,
      ...(pool === undefined ? {} : { pool }),
      ...(thin === undefined ? {} : { thin }),
    })),
    ...(spareSegments === undefined ? {} : { spareSegments }),
  }));
}

function layOutFileSystems(
  spec: DiskLayoutSpec,
  placement: DevicePlacement,
  settings: {
    readonly identities: Identities;
    readonly fileSystemOptions: ReadonlyMap<string, readonly string[]>;
  },
): readonly FileSystemLayout[] {
  const mounted = spec.mounts.flatMap((mount) =>
    spec.fileSystems.filter(({ name }) => name === mount.fileSystem).map((fileSystem) => ({ fileSystem, mount })),
  );
  const unmounted = spec.fileSystems
    .filter(({ name }) => !spec.mounts.some(({ fileSystem }) => fileSystem === name))
    .map((fileSystem) => ({ fileSystem, mount: undefined }));
  return [...mounted, ...unmounted].map(({ fileSystem, mount }) => {
    const { name, type, label, base } = fileSystem;
    const regions = placement.regionsOfDevice.get(base) ?? [];
    const image = spec.images.find((candidate) => candidate.name === regions[0]?.image);
    return {
      name,
      type,
      label,
      uuid: fileSystem.uuid ?? fileSystemUuid(settings.identities, name, type),
      options: settings.fileSystemOptions.get(name) ?? fileSystem.options,
      sizeBytes: regions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      regions,
      sectorSizeBytes: image?.sectorSizeBytes ?? 512,
      ...(mount === undefined ? {} : { mountPoint: mount.mountPoint }),
      base,
    };
  });
}
