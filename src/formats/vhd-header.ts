/** The unit of a virtual hard disk. */
export const sectorSizeBytes = 512;

/** 2000-01-01 00:00 UTC, from which virtual hard disks count seconds. */
const firstSecond = 946_684_800;
/** "Disk Type" of the footer. */
const diskTypeDynamic = 3;
const noOffset = 0xffff_ffff_ffff_ffffn;

/** What a footer says of a disk. */
export interface FooterOptions {
  readonly diskSizeBytes: number;
  /** Since 1970-01-01 UTC. */
  readonly createdSeconds: number;
  /** 16 bytes. */
  readonly uniqueId: Uint8Array;
}

/**
 * The footer of a dynamic virtual hard disk, 512 bytes; a copy of it is at the start.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format"
 */
export function footer(options: FooterOptions): Buffer {
  const geometry = geometryOf(options.diskSizeBytes / sectorSizeBytes);
  const bytes = Buffer.alloc(sectorSizeBytes);
  bytes.write('conectix', 0, 'latin1');
  bytes.writeUInt32BE(2, 8);
  bytes.writeUInt32BE(0x00010000, 12);
  bytes.writeBigUInt64BE(BigInt(sectorSizeBytes), 16);
  bytes.writeUInt32BE(Math.max(0, options.createdSeconds - firstSecond), 24);
  // The creator that Xen's driver takes for its own, version 1.3.
  bytes.write('tap\0', 28, 'latin1');
  bytes.writeUInt32BE(0x00010003, 32);
  bytes.writeBigUInt64BE(BigInt(options.diskSizeBytes), 40);
  bytes.writeBigUInt64BE(BigInt(options.diskSizeBytes), 48);
  bytes.writeUInt16BE(geometry.cylinders, 56);
  bytes.writeUInt8(geometry.heads, 58);
  bytes.writeUInt8(geometry.sectorsPerTrack, 59);
  bytes.writeUInt32BE(diskTypeDynamic, 60);
  bytes.set(options.uniqueId.subarray(0, 16), 68);
  bytes.writeUInt32BE(vhdChecksum(bytes), 64);
  return bytes;
}

/**
 * The header of a dynamic disk, 1024 bytes.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0, "Dynamic Disk Header Format"
 */
export function dynamicHeader(options: {
  readonly tableOffset: number;
  readonly blockCount: number;
  readonly blockSizeBytes: number;
}): Buffer {
  const bytes = Buffer.alloc(2 * sectorSizeBytes);
  bytes.write('cxsparse', 0, 'latin1');
  bytes.writeBigUInt64BE(noOffset, 8);
  bytes.writeBigUInt64BE(BigInt(options.tableOffset), 16);
  bytes.writeUInt32BE(0x00010000, 24);
  bytes.writeUInt32BE(options.blockCount, 28);
  bytes.writeUInt32BE(options.blockSizeBytes, 32);
  bytes.writeUInt32BE(vhdChecksum(bytes), 36);
  return bytes;
}

/** The one's complement of the sum of all bytes; the field that it goes into must still be zero. */
export function vhdChecksum(bytes: Uint8Array): number {
  return ~bytes.reduce((sum, byte) => sum + byte, 0) >>> 0;
}

/**
 * Cylinders, heads and sectors for a number of sectors.
 *
 * @see Virtual Hard Disk Image Format Specification 1.0, "Appendix: CHS Calculation"
 */
export function geometryOf(sectorCount: number): {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
} {
  const sectors = Math.min(sectorCount, 65535 * 16 * 255);
  if (sectors >= 65535 * 16 * 63) return withCylinders(sectors, 16, 255);
  const heads17 = Math.max(4, Math.ceil(Math.floor(sectors / 17) / 1024));
  if (heads17 <= 16 && Math.floor(sectors / 17) < heads17 * 1024) return withCylinders(sectors, heads17, 17);
  if (Math.floor(sectors / 31) < 16 * 1024) return withCylinders(sectors, 16, 31);
  return withCylinders(sectors, 16, 63);
}

function withCylinders(
  sectors: number,
  heads: number,
  sectorsPerTrack: number,
): { readonly cylinders: number; readonly heads: number; readonly sectorsPerTrack: number } {
  return { cylinders: Math.floor(Math.floor(sectors / sectorsPerTrack) / heads), heads, sectorsPerTrack };
}
