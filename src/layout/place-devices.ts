import { BuildError } from '../base/build-error.js';
import type { DiskLayoutSpec, DiskRegion, ImageSpec, PartitionTableSpec, VolumeGroupSpec } from '../model/layout.js';
import { placeGpt } from './place-gpt.js';
import { placeMbr } from './place-mbr.js';
import { type GroupPlacement, physicalVolumeStartBytes, placeVolumes } from './place-volumes.js';
import type { TablePlacement } from './placement.js';

/** Where every device of a layout lies; what did not fit is missing and has a fault. */
export interface DevicePlacement {
  readonly imageSizes: ReadonlyMap<string, number>;
  readonly tables: readonly { readonly spec: PartitionTableSpec; readonly placement: TablePlacement }[];
  readonly groups: readonly { readonly spec: VolumeGroupSpec; readonly placement: GroupPlacement }[];
  /** Bytes of each image, partition and logical volume, in order. */
  readonly regionsOfDevice: ReadonlyMap<string, readonly DiskRegion[]>;
  readonly faults: readonly BuildError[];
}

/**
 * Does the arithmetic of a layout: from sizes of images to the bytes of every device.
 *
 * @param imageSizes bytes of images whose size the configuration leaves open; a configured size wins
 */
export function placeDevices(spec: DiskLayoutSpec, imageSizes: ReadonlyMap<string, number>): DevicePlacement {
  const faults: BuildError[] = [];
  const regions = new Map<string, readonly DiskRegion[]>();
  const sizes = new Map<string, number>();
  for (const image of spec.images) {
    const sizeBytes = image.sizeBytes ?? imageSizes.get(image.name);
    if (sizeBytes === undefined) faults.push(sizeMissing(image));
    else {
      sizes.set(image.name, sizeBytes);
      regions.set(image.name, [{ image: image.name, offsetBytes: 0, sizeBytes }]);
    }
  }
  const tables = spec.partitionTables.flatMap((table) => {
    const image = spec.images.find(({ name }) => name === table.image);
    const sizeBytes = sizes.get(table.image);
    if (image === undefined || sizeBytes === undefined) return [];
    const disk = { name: image.name, sizeBytes, sectorSizeBytes: image.sectorSizeBytes };
    const placement = table.label === 'gpt' ? placeGpt(table, disk) : placeMbr(table, disk);
    faults.push(...placement.faults);
    for (const { spec: partition, startSector, sectorCount } of placement.partitions)
      regions.set(partition.name, [
        {
          image: image.name,
          offsetBytes: startSector * image.sectorSizeBytes,
          sizeBytes: sectorCount * image.sectorSizeBytes,
        },
      ]);
    return [{ spec: table, placement }];
  });
  const groups = spec.volumeGroups.map((group) => {
    const placement = placeVolumes(group, (base) => regions.get(base)?.[0]);
    // Below a partition that did not fit, every volume would be too large; its own fault says it all.
    const isBaseMissing = group.physicalVolumes.some(({ base }) => !regions.has(base));
    if (!isBaseMissing) faults.push(...placement.faults);
    for (const [name, volumeRegions] of volumeRegionsOf(group, placement)) regions.set(name, volumeRegions);
    return { spec: group, placement };
  });
  return { imageSizes: sizes, tables, groups, regionsOfDevice: regions, faults };
}

function volumeRegionsOf(group: VolumeGroupSpec, placement: GroupPlacement): Map<string, readonly DiskRegion[]> {
  const regions = new Map<string, readonly DiskRegion[]>();
  for (const { spec, segments } of placement.volumes) {
    const runs = segments.flatMap(({ physicalVolume, firstExtent, extentCount }) => {
      const region = placement.physicalVolumes.find(({ name }) => name === physicalVolume)?.region;
      if (region === undefined) return [];
      const offsetBytes = region.offsetBytes + physicalVolumeStartBytes + firstExtent * group.extentSizeBytes;
      return [{ image: region.image, offsetBytes, sizeBytes: extentCount * group.extentSizeBytes }];
    });
    regions.set(spec.name, runs);
  }
  for (const { spec, sizeBytes, thin } of placement.volumes) {
    const pool = placement.volumes.find((volume) => volume.spec.name === spec.thinPool);
    if (thin === undefined || pool?.pool === undefined) continue;
    const offsetBytes = thin.firstChunk * pool.pool.chunkSizeBytes;
    regions.set(spec.name, cutRegions(regions.get(pool.spec.name) ?? [], offsetBytes, sizeBytes));
  }
  return regions;
}

/** The bytes `offsetBytes` to `offsetBytes + sizeBytes` of a device that lies in several regions. */
function cutRegions(regions: readonly DiskRegion[], offsetBytes: number, sizeBytes: number): readonly DiskRegion[] {
  const cut: DiskRegion[] = [];
  let start = 0;
  for (const region of regions) {
    const from = Math.max(offsetBytes, start);
    const to = Math.min(offsetBytes + sizeBytes, start + region.sizeBytes);
    if (from < to)
      cut.push({ image: region.image, offsetBytes: region.offsetBytes + from - start, sizeBytes: to - from });
    start += region.sizeBytes;
  }
  return cut;
}

function sizeMissing(image: ImageSpec): BuildError {
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `no size is known for ${image.name}`,
    hint: 'set "size" of the local_loop, or --image-size',
    ...(image.where === undefined ? {} : { where: image.where }),
  });
}
