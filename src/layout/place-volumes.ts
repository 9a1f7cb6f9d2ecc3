import { BuildError } from '../base/build-error.js';
import { alignUp, kibibyte, mebibyte } from '../base/units.js';
import type { DiskRegion, ExtentRun, LogicalVolumeSpec, VolumeGroupSpec } from '../model/layout.js';
import { sizeText } from './partition-fault.js';

/** Bytes at the start of a physical volume before its first extent: label and metadata. */
export const physicalVolumeStartBytes = mebibyte;

/** A volume in extents of its group. */
export interface PlacedVolume {
  readonly spec: LogicalVolumeSpec;
  readonly sizeBytes: number;
  /** Empty for thin volumes. */
  readonly segments: readonly ExtentRun[];
  readonly pool?: { readonly chunkSizeBytes: number; readonly metadataSegments: readonly ExtentRun[] };
  readonly thin?: { readonly deviceId: number; readonly firstChunk: number; readonly chunkCount: number };
}

export interface GroupPlacement {
  readonly physicalVolumes: readonly {
    readonly name: string;
    readonly region: DiskRegion;
    readonly extentCount: number;
  }[];
  readonly volumes: readonly PlacedVolume[];
  readonly spareSegments?: readonly ExtentRun[];
  readonly faults: readonly BuildError[];
}

/**
 * Gives the volumes of a group their extents: in the order of the group, each from the first free extent on, over as
 * many physical volumes as it takes. Sizes are rounded down to extents, but a volume has at least one.
 *
 * A thin pool takes metadata beside its data, and the first one a spare of the same size, as lvcreate has it.
 * Thin volumes are given all their chunks, so together they must fit in their pool.
 *
 * @param regionOf the bytes of a partition or image; undefined when it was not placed
 */
export function placeVolumes(
  group: VolumeGroupSpec,
  regionOf: (base: string) => DiskRegion | undefined,
): GroupPlacement {
  const physicalVolumes = group.physicalVolumes.flatMap(({ name, base }) => {
    const region = regionOf(base);
    if (region === undefined) return [];
    const dataBytes = Math.max(region.sizeBytes - physicalVolumeStartBytes, 0);
    return [{ name, region, extentCount: Math.floor(dataBytes / group.extentSizeBytes) }];
  });
  const totalExtents = physicalVolumes.reduce((sum, { extentCount }) => sum + extentCount, 0);
  let usedExtents = 0;
  const take = (extentCount: number): readonly ExtentRun[] => {
    const runs = cutRuns(physicalVolumes, usedExtents, extentCount);
    usedExtents += extentCount;
    return runs;
  };
  const volumes: PlacedVolume[] = [];
  const faults: BuildError[] = [];
  const spareExtents = spareExtentsOf(group, totalExtents);
  let reservedExtents = spareExtents;
  const spareSegments = spareExtents === 0 ? undefined : take(Math.min(spareExtents, totalExtents));
  for (const spec of group.logicalVolumes) {
    if (spec.type === 'thin') {
      placeThin(spec, { group, volumes, faults });
      continue;
    }
    const freeExtents = totalExtents - usedExtents;
    const asked = resolveExtents(spec, { group, totalExtents, freeExtents });
    const metadataExtents =
      spec.type === 'thin-pool' ? poolShape(asked * group.extentSizeBytes, group).metadataExtents : 0;
    reservedExtents += metadataExtents;
    // A share counts the whole group, so what pools keep for their metadata may be missing from it, but no more.
    const shortfall = asked + metadataExtents - freeExtents;
    const extents = isShare(spec) && shortfall > 0 && shortfall <= reservedExtents ? asked - shortfall : asked;
    if (extents < 1 || extents + metadataExtents > freeExtents) {
      faults.push(
        volumeTooLarge(spec, { group, extents: Math.max(asked, 1) + metadataExtents, freeExtents, totalExtents }),
      );
      continue;
    }
    const sizeBytes = extents * group.extentSizeBytes;
    const segments = take(extents);
    const pool =
      spec.type === 'thin-pool'
        ? { chunkSizeBytes: poolShape(sizeBytes, group).chunkSizeBytes, metadataSegments: take(metadataExtents) }
        : undefined;
    volumes.push({ spec, sizeBytes, segments, ...(pool === undefined ? {} : { pool }) });
  }
  return { physicalVolumes, volumes, ...(spareSegments === undefined ? {} : { spareSegments }), faults };
}

interface ExtentCounts {
  readonly group: VolumeGroupSpec;
  readonly totalExtents: number;
  readonly freeExtents: number;
}

function resolveExtents(spec: LogicalVolumeSpec, { group, totalExtents, freeExtents }: ExtentCounts): number {
  if (spec.size.kind === 'bytes') return Math.max(Math.floor(spec.size.sizeBytes / group.extentSizeBytes), 1);
  const [, number = '0', share] = /^([\d.]+)(?:%(\w+))?$/.exec(spec.size.expression) ?? [];
  if (share === undefined) return Number(number);
  // Every physical volume of the group is used, so %PVS is %VG.
  const reference = share.toUpperCase() === 'FREE' ? freeExtents : totalExtents;
  return Math.floor((Number(number) * reference) / 100);
}

function isShare(spec: LogicalVolumeSpec): boolean {
  return spec.size.kind === 'extents' && spec.size.expression.includes('%');
}

function cutRuns(
  physicalVolumes: readonly { readonly name: string; readonly extentCount: number }[],
  first: number,
  count: number,
): readonly ExtentRun[] {
  const runs: ExtentRun[] = [];
  let start = 0;
  for (const { name, extentCount } of physicalVolumes) {
    const from = Math.max(first, start);
    const to = Math.min(first + count, start + extentCount);
    if (from < to) runs.push({ physicalVolume: name, firstExtent: from - start, extentCount: to - from });
    start += extentCount;
  }
  return runs;
}

/** Chunks of 64 KiB, doubled until the metadata, 64 bytes a chunk and at least 2 MiB, stays within 128 MiB (lvmthin(7)). */
function poolShape(
  sizeBytes: number,
  group: VolumeGroupSpec,
): { readonly chunkSizeBytes: number; readonly metadataExtents: number } {
  let chunkSizeBytes = 64 * kibibyte;
  while ((sizeBytes / chunkSizeBytes) * 64 > 128 * mebibyte) chunkSizeBytes *= 2;
  const metadataBytes = Math.max(2 * mebibyte, Math.ceil(sizeBytes / chunkSizeBytes) * 64);
  return { chunkSizeBytes, metadataExtents: alignUp(metadataBytes, group.extentSizeBytes) / group.extentSizeBytes };
}

function spareExtentsOf(group: VolumeGroupSpec, totalExtents: number): number {
  const pools = group.logicalVolumes.filter(({ type }) => type === 'thin-pool');
  const sizes = pools.map((spec) => {
    const extents = resolveExtents(spec, { group, totalExtents, freeExtents: totalExtents });
    return poolShape(extents * group.extentSizeBytes, group).metadataExtents;
  });
  return Math.max(0, ...sizes);
}

function placeThin(
  spec: LogicalVolumeSpec,
  {
    group,
    volumes,
    faults,
  }: { readonly group: VolumeGroupSpec; readonly volumes: PlacedVolume[]; readonly faults: BuildError[] },
): void {
  const pool = volumes.find((volume) => volume.spec.name === spec.thinPool);
  // A pool that did not fit has its own fault.
  if (pool?.pool === undefined || spec.size.kind !== 'bytes') return;
  const { chunkSizeBytes } = pool.pool;
  const siblings = volumes.filter((volume) => volume.spec.thinPool === spec.thinPool);
  const firstChunk = siblings.reduce((sum, { thin }) => sum + (thin?.chunkCount ?? 0), 0);
  const sizeBytes = Math.max(Math.floor(spec.size.sizeBytes / group.extentSizeBytes), 1) * group.extentSizeBytes;
  const chunkCount = Math.ceil(sizeBytes / chunkSizeBytes);
  const freeBytes = pool.sizeBytes - firstChunk * chunkSizeBytes;
  if (chunkCount * chunkSizeBytes > freeBytes) {
    faults.push(
      new BuildError({
        code: 'LAYOUT_TOO_SMALL',
        message: `thin volume "${spec.name}" has ${sizeText(sizeBytes)}, but ${sizeText(freeBytes)} are left in pool "${pool.spec.name}" of ${sizeText(pool.sizeBytes)}`,
        hint: 'volumes of an image are written in full: make the pool larger or the volumes smaller',
        ...(spec.where === undefined ? {} : { where: spec.where }),
      }),
    );
    return;
  }
  volumes.push({ spec, sizeBytes, segments: [], thin: { deviceId: siblings.length + 1, firstChunk, chunkCount } });
}

function volumeTooLarge(
  spec: LogicalVolumeSpec,
  { group, extents, freeExtents, totalExtents }: ExtentCounts & { readonly extents: number },
): BuildError {
  const bytesOf = (count: number): string => sizeText(count * group.extentSizeBytes);
  const kind = spec.type === 'thin-pool' ? 'thin pool' : 'logical volume';
  const withMetadata = spec.type === 'thin-pool' ? ' with its metadata' : '';
  return new BuildError({
    code: 'LAYOUT_TOO_SMALL',
    message: `${kind} "${spec.name}" needs ${bytesOf(extents)}${withMetadata}, but ${bytesOf(freeExtents)} are free in volume group "${group.name}" of ${bytesOf(totalExtents)}: ${bytesOf(extents - freeExtents)} missing`,
    hint: 'make the image or the partition below larger, or the volume smaller',
    ...(spec.where === undefined ? {} : { where: spec.where }),
  });
}
