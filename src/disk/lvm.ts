import { crc32 } from 'node:zlib';
import { BuildError } from '../base/build-error.js';
import type { LogicalVolumeLayout, VolumeGroupLayout } from '../model/layout.js';
import type { ByteRun } from './byte-run.js';

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
 * The labels and metadata of a volume group, one copy on each physical volume.
 *
 * The format is that of lvm2's text metadata: label in the second sector, metadata area from 4 KiB to 1 MiB.
 *
 * @throws BuildError `FILE_SYSTEM_UNSUPPORTED` for thin volumes
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
  return group.physicalVolumes.map(({ id, region }) => ({
    image: region.image,
    runs: [
      { offsetBytes: region.offsetBytes + sectorSizeBytes, bytes: encodeLabel(id, region.sizeBytes) },
      { offsetBytes: region.offsetBytes + metadataOffsetBytes, bytes: encodeAreaHeader(text) },
      { offsetBytes: region.offsetBytes + metadataOffsetBytes + sectorSizeBytes, bytes: text },
    ],
  }));
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
    lines.push('logical_volumes {');
    for (const volume of group.logicalVolumes) lines.push(...volumeLines(volume, volumeKey, creationSeconds));
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

function volumeLines(
  volume: LogicalVolumeLayout,
  volumeKey: ReadonlyMap<string, string>,
  creationSeconds: number,
): readonly string[] {
  if (volume.type !== 'linear')
    throw new BuildError({
      code: 'FILE_SYSTEM_UNSUPPORTED',
      message: `logical volume "${volume.name}" of type "${volume.type}" cannot be made in user space`,
      hint: 'use a linear volume',
    });
  let startExtent = 0;
  const segments = volume.segments.flatMap(({ physicalVolume, firstExtent, extentCount }, index) => {
    const lines = [
      `segment${index + 1} {`,
      `start_extent = ${startExtent}`,
      `extent_count = ${extentCount}`,
      'type = "striped"',
      'stripe_count = 1',
      `stripes = ["${volumeKey.get(physicalVolume)}", ${firstExtent}]`,
      '}',
    ];
    startExtent += extentCount;
    return lines;
  });
  return [
    `${volume.name} {`,
    `id = "${formatLvmId(volume.id)}"`,
    'status = ["READ", "WRITE", "VISIBLE"]',
    'flags = []',
    `creation_time = ${creationSeconds}`,
    'creation_host = "localhost"',
    `segment_count = ${volume.segments.length}`,
    ...segments,
    '}',
  ];
}
