import { crc32 } from 'node:zlib';
import { BuildError, unreachable } from '../base/build-error.js';
import { digestOf } from '../base/digest.js';
import type { ExtentRun, LogicalVolumeLayout, VolumeGroupLayout } from '../model/layout.js';
import type { ByteRun } from './byte-run.js';
import { encodeThinMetadata } from './thin-metadata.js';

/** What one physical volume gets, at places of its image. */
export interface PhysicalVolumeRuns {
  readonly image: string;
  readonly runs: readonly ByteRun[];
}

/** Bytes before the first extent of a physical volume. */
export const firstExtentOffsetBytes = 1024 * 1024;

const sectorSizeBytes = 512;
const metadataOffsetBytes = 4096;
const metadataSizeBytes = firstExtentOffsetBytes - metadataOffsetBytes;
const metadataMagic = ' LVM2 x[5A%r0N*>';

/**
 * The labels and metadata of a volume group, one copy on each physical volume, and the metadata of its thin pools.
 *
 * The format is that of lvm2's text metadata: label in the second sector, metadata area from 4 KiB to 1 MiB.
 *
 * @throws BuildError `LAYOUT_INVALID` when the text does not fit, `LAYOUT_TOO_SMALL` when a pool's metadata does not
 */
export function encodeVolumeGroup(
  group: VolumeGroupLayout,
  moment: { readonly creationSeconds: number },
): readonly PhysicalVolumeRuns[] {
  const text = Buffer.from(`${metadataText(group, moment.creationSeconds)}\0`, 'utf8');
  if (text.length > metadataSizeBytes - sectorSizeBytes)
    throw new BuildError({
      code: 'LAYOUT_INVALID',
      message: `the metadata of volume group "${group.name}" has ${text.length} bytes, ${metadataSizeBytes - sectorSizeBytes} fit`,
    });
  const labels = group.physicalVolumes.map(({ id, region }) => ({
    image: region.image,
    runs: [
      { offsetBytes: region.offsetBytes + sectorSizeBytes, bytes: encodeLabel(id, region.sizeBytes) },
      { offsetBytes: region.offsetBytes + metadataOffsetBytes, bytes: encodeAreaHeader(text) },
      { offsetBytes: region.offsetBytes + metadataOffsetBytes + sectorSizeBytes, bytes: text },
    ],
  }));
  return [...labels, ...encodePools(group)];
}

/** The checksum of lvm2: the usual polynomial, its own start value, no inversion at the end. */
export function lvmChecksum(bytes: Uint8Array): number {
  // zlib inverts the register before and after.
  return ~crc32(bytes, ~0xf597_a6cf >>> 0) >>> 0;
}

/** An id as the text form shows it: 6-4-4-4-4-4-6. */
export function formatLvmId(id: string): string {
  return (/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/.exec(id) ?? []).slice(1).join('-');
}

function encodeLabel(id: string, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sectorSizeBytes);
  bytes.write('LABELONE', 0, 'latin1');
  bytes.writeBigUInt64LE(1n, 8);
  bytes.writeUInt32LE(32, 20);
  bytes.write('LVM2 001', 24, 'latin1');
  bytes.write(id, 32, 32, 'latin1');
  bytes.writeBigUInt64LE(BigInt(sizeBytes), 64);
  bytes.writeBigUInt64LE(BigInt(firstExtentOffsetBytes), 72);
  bytes.writeBigUInt64LE(BigInt(metadataOffsetBytes), 104);
  bytes.writeBigUInt64LE(BigInt(metadataSizeBytes), 112);
  // Extension version 2; flag "in use".
  bytes.writeUInt32LE(2, 136);
  bytes.writeUInt32LE(1, 140);
  bytes.writeUInt32LE(lvmChecksum(bytes.subarray(20)), 16);
  return bytes;
}

function encodeAreaHeader(text: Buffer): Buffer {
  const bytes = Buffer.alloc(sectorSizeBytes);
  bytes.write(metadataMagic, 4, 'latin1');
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(metadataOffsetBytes), 24);
  bytes.writeBigUInt64LE(BigInt(metadataSizeBytes), 32);
  bytes.writeBigUInt64LE(BigInt(sectorSizeBytes), 40);
  bytes.writeBigUInt64LE(BigInt(text.length), 48);
  bytes.writeUInt32LE(lvmChecksum(text), 56);
  bytes.writeUInt32LE(lvmChecksum(bytes.subarray(4)), 0);
  return bytes;
}

function metadataText(group: VolumeGroupLayout, creationSeconds: number): string {
  const extentSectors = group.extentSizeBytes / sectorSizeBytes;
  const volumeKey = new Map(group.physicalVolumes.map(({ name }, index) => [name, `pv${index}`]));
  const lines = [
    `${group.name} {`,
    `id = "${formatLvmId(group.id)}"`,
    'seqno = 1',
    'format = "lvm2"',
    'status = ["RESIZEABLE", "READ", "WRITE"]',
    'flags = []',
    `extent_size = ${extentSectors}`,
    'max_lv = 0',
    'max_pv = 0',
    'metadata_copies = 0',
    'physical_volumes {',
  ];
  for (const { name, id, region, extentCount } of group.physicalVolumes)
    lines.push(
      `${volumeKey.get(name)} {`,
      `id = "${formatLvmId(id)}"`,
      'device = "[unknown]"',
      'status = ["ALLOCATABLE"]',
      'flags = []',
      `dev_size = ${Math.floor(region.sizeBytes / sectorSizeBytes)}`,
      `pe_start = ${firstExtentOffsetBytes / sectorSizeBytes}`,
      `pe_count = ${extentCount}`,
      '}',
    );
  lines.push('}');
  if (group.logicalVolumes.length > 0) {
    const context = { group, volumeKey, creationSeconds };
    lines.push('logical_volumes {');
    for (const volume of group.logicalVolumes) lines.push(...volumeLines(volume, context));
    if (group.spareSegments !== undefined) {
      const spare = { name: 'lvol0_pmspare', id: deriveLvmId(`${group.id}_pmspare`), isVisible: false };
      lines.push(...frameVolume(spare, stripedSegments(group.spareSegments, context), context));
    }
    lines.push('}');
  }
  lines.push(
    '}',
    'contents = "Text Format Volume Group"',
    'version = 1',
    'description = ""',
    'creation_host = "localhost"',
    `creation_time = ${creationSeconds}`,
    '',
  );
  return lines.join('\n');
}

interface VolumeContext {
  readonly group: VolumeGroupLayout;
  readonly volumeKey: ReadonlyMap<string, string>;
  readonly creationSeconds: number;
}

/** The lines of a volume, and of the hidden ones that a pool stands on. */
function volumeLines(volume: LogicalVolumeLayout, context: VolumeContext): readonly string[] {
  const { group } = context;
  const { name, id } = volume;
  const extentCount = volume.sizeBytes / group.extentSizeBytes;
  const visible = { name, id, isVisible: true };
  switch (volume.type) {
    case 'linear':
      return frameVolume(visible, stripedSegments(volume.segments, context), context);
    case 'thin': {
      const siblings = thinVolumesOf(group, volume.thinPool ?? '');
      const fields = [
        'type = "thin"',
        `thin_pool = "${volume.thinPool}"`,
        `transaction_id = ${siblings.indexOf(volume)}`,
        `device_id = ${volume.thin?.deviceId}`,
      ];
      return frameVolume(visible, [['start_extent = 0', `extent_count = ${extentCount}`, ...fields]], context);
    }
    case 'thin-pool': {
      const { pool } = volume;
      if (pool === undefined) throw new Error(`Internal error: thin pool "${name}" has no metadata`);
      const fields = [
        'type = "thin-pool"',
        `metadata = "${name}_tmeta"`,
        `pool = "${name}_tdata"`,
        `transaction_id = ${thinVolumesOf(group, name).length}`,
        `chunk_size = ${pool.chunkSizeBytes / sectorSizeBytes}`,
        'discards = "passdown"',
        'zero_new_blocks = 1',
      ];
      const hidden = (suffix: string, segments: readonly ExtentRun[]) =>
        frameVolume(
          { name: `${name}${suffix}`, id: deriveLvmId(`${id}${suffix}`), isVisible: false },
          stripedSegments(segments, context),
          context,
        );
      return [
        ...frameVolume(visible, [['start_extent = 0', `extent_count = ${extentCount}`, ...fields]], context),
        ...hidden('_tdata', volume.segments),
        ...hidden('_tmeta', pool.metadataSegments),
      ];
    }
    default:
      return unreachable(volume.type);
  }
}

function thinVolumesOf(group: VolumeGroupLayout, pool: string): readonly LogicalVolumeLayout[] {
  return group.logicalVolumes.filter(({ thinPool }) => thinPool === pool);
}

function stripedSegments(segments: readonly ExtentRun[], { volumeKey }: VolumeContext): readonly (readonly string[])[] {
  let startExtent = 0;
  return segments.map(({ physicalVolume, firstExtent, extentCount }) => {
    const lines = [
      `start_extent = ${startExtent}`,
      `extent_count = ${extentCount}`,
      'type = "striped"',
      'stripe_count = 1',
      `stripes = ["${volumeKey.get(physicalVolume)}", ${firstExtent}]`,
    ];
    startExtent += extentCount;
    return lines;
  });
}

function frameVolume(
  volume: { readonly name: string; readonly id: string; readonly isVisible: boolean },
  segments: readonly (readonly string[])[],
  { creationSeconds }: VolumeContext,
): readonly string[] {
  return [
    `${volume.name} {`,
    `id = "${formatLvmId(volume.id)}"`,
    `status = ["READ", "WRITE"${volume.isVisible ? ', "VISIBLE"' : ''}]`,
    'flags = []',
    `creation_time = ${creationSeconds}`,
    'creation_host = "localhost"',
    `segment_count = ${segments.length}`,
    ...segments.flatMap((lines, index) => [`segment${index + 1} {`, ...lines, '}']),
    '}',
  ];
}

/** An id for a volume that the layout does not name, from those that it does. */
function deriveLvmId(text: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return [...Buffer.from(digestOf(text), 'hex')].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** The bytes of each pool's metadata, cut at the borders of its segments. */
function encodePools(group: VolumeGroupLayout): readonly PhysicalVolumeRuns[] {
  return group.logicalVolumes.flatMap((volume) => {
    if (volume.type !== 'thin-pool' || volume.pool === undefined) return [];
    const { chunkSizeBytes, metadataSegments } = volume.pool;
    const lengths = metadataSegments.map(({ extentCount }) => extentCount * group.extentSizeBytes);
    const thinVolumes = thinVolumesOf(group, volume.name);
    const metadata = encodeThinMetadata({
      name: volume.name,
      metadataSizeBytes: lengths.reduce((sum, length) => sum + length, 0),
      dataSizeBytes: volume.sizeBytes,
      chunkSizeBytes,
      transactionId: thinVolumes.length,
      volumes: thinVolumes.flatMap(({ thin }) => (thin === undefined ? [] : [thin])),
    });
    let start = 0;
    return metadataSegments.flatMap(({ physicalVolume, firstExtent }, index) => {
      const bytes = metadata.subarray(start, start + (lengths[index] ?? 0));
      start += lengths[index] ?? 0;
      const region = group.physicalVolumes.find(({ name }) => name === physicalVolume)?.region;
      if (region === undefined || bytes.length === 0) return [];
      const offsetBytes = region.offsetBytes + firstExtentOffsetBytes + firstExtent * group.extentSizeBytes;
      return [{ image: region.image, runs: [{ offsetBytes, bytes }] }];
    });
  });
}
