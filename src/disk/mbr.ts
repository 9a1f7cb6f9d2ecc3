import { BuildError } from '../base/build-error.js';
import type { PartitionLayout, PartitionTableLayout } from '../model/layout.js';
import type { ByteRun } from './byte-run.js';

/** What an MBR is made from. */
export interface MbrContent {
  readonly imageName: string;
  readonly sectorSizeBytes: number;
  readonly table: Extract<PartitionTableLayout, { kind: 'mbr' }>;
}

const signatureOffsetBytes = 440;
const entriesOffsetBytes = 446;
const entrySizeBytes = 16;
const endMarkOffsetBytes = 510;
const maximumSector = 0xffff_ffff;

/** "Extended, LBA": the type of the entry that holds the logical partitions. */
const extendedType = 0x0f;
/** "Extended": the type of the link from one EBR to the next. */
const linkType = 0x05;

/**
 * The partition table of a PC disk: the MBR from its signature on (boot code before it is not touched),
 * and one EBR for each logical partition.
 *
 * @throws BuildError `LAYOUT_INVALID` when a partition cannot be expressed: beyond 2^32 sectors, a number that is
 * taken, more than four primary entries
 */
export function encodeMbr(content: MbrContent): readonly ByteRun[] {
  const { table, sectorSizeBytes } = content;
  const bytes = new Uint8Array(endMarkOffsetBytes + 2 - signatureOffsetBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, table.diskSignature, true);
  const taken = new Set<number>();
  const place = (number: number, entry: Uint8Array) => {
    if (number < 1 || number > 4 || taken.has(number))
      throw invalid(content, `entry ${number} does not exist or is used twice (an MBR has entries 1 to 4)`);
    taken.add(number);
    bytes.set(entry, entriesOffsetBytes - signatureOffsetBytes + (number - 1) * entrySizeBytes);
  };
  for (const partition of table.partitions.filter(({ isLogical }) => !isLogical))
    place(partition.number, partitionEntry(content, partition));
  if (table.extended !== undefined) {
    const { number, startSector, sectorCount } = table.extended;
    place(number, encodeEntry(content, { isBootable: false, type: extendedType, startSector, sectorCount }));
  }
  bytes.set([0x55, 0xaa], endMarkOffsetBytes - signatureOffsetBytes);
  return [{ offsetBytes: signatureOffsetBytes, bytes }, ...encodeLogicals(content, sectorSizeBytes)];
}

/**
 * The three bytes for a sector number in the geometry of 255 heads and 63 sectors that all current tools use;
 * `FE FF FF` beyond cylinder 1023.
 */
export function encodeCylinderHeadSector(sector: number): Uint8Array {
  const cylinder = Math.floor(sector / (255 * 63));
  if (cylinder > 1023) return Uint8Array.of(0xfe, 0xff, 0xff);
  const head = Math.floor(sector / 63) % 255;
  return Uint8Array.of(head, ((sector % 63) + 1) | ((cylinder >> 2) & 0xc0), cylinder & 0xff);
}

function encodeLogicals(content: MbrContent, sectorSizeBytes: number): ByteRun[] {
  const { extended, partitions } = content.table;
  const logicals = partitions.filter(({ isLogical }) => isLogical).sort((one, other) => one.number - other.number);
  if (logicals.length === 0) return [];
  if (extended === undefined) throw invalid(content, 'has logical partitions but no extended one');
  return logicals.map((logical, index) => {
    const ebrSector = ebrSectorOf(content, logical);
    const bytes = new Uint8Array(endMarkOffsetBytes + 2 - entriesOffsetBytes);
    bytes.set(partitionEntry(content, logical, ebrSector));
    const next = logicals[index + 1];
    if (next !== undefined) {
      const nextEbrSector = ebrSectorOf(content, next);
      const link = {
        isBootable: false,
        type: linkType,
        startSector: nextEbrSector,
        sectorCount: next.startSector + next.sectorCount - nextEbrSector,
        relativeTo: extended.startSector,
      };
      bytes.set(encodeEntry(content, link), entrySizeBytes);
    }
    bytes.set([0x55, 0xaa], endMarkOffsetBytes - entriesOffsetBytes);
    return { offsetBytes: ebrSector * sectorSizeBytes + entriesOffsetBytes, bytes };
  });
}

function ebrSectorOf(content: MbrContent, logical: PartitionLayout): number {
  if (logical.ebrSector === undefined) throw invalid(content, `logical partition "${logical.name}" has no EBR sector`);
  return logical.ebrSector;
}

function partitionEntry(content: MbrContent, partition: PartitionLayout, relativeTo = 0): Uint8Array {
  const { name, isBootable, mbrType = 0x83, startSector, sectorCount } = partition;
  if (startSector + sectorCount - 1 > maximumSector || sectorCount < 1)
    throw invalid(
      content,
      `partition "${name}" (${sectorCount} sectors from sector ${startSector}) does not fit: an MBR ends at sector ${maximumSector}`,
    );
  return encodeEntry(content, { isBootable, type: mbrType, startSector, sectorCount, relativeTo });
}

interface Entry {
  readonly isBootable: boolean;
  readonly type: number;
  /** From the start of the disk. */
  readonly startSector: number;
  readonly sectorCount: number;
  /** The sector that the stored start is counted from: an EBR for logicals, the extended partition for links. */
  readonly relativeTo?: number;
}

function encodeEntry(content: MbrContent, entry: Entry): Uint8Array {
  const { isBootable, type, startSector, sectorCount, relativeTo = 0 } = entry;
  if (startSector > maximumSector || sectorCount > maximumSector)
    throw invalid(content, `sector ${startSector} + ${sectorCount} is beyond 2^32 sectors`);
  const bytes = new Uint8Array(entrySizeBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = isBootable ? 0x80 : 0;
  bytes.set(encodeCylinderHeadSector(startSector), 1);
  bytes[4] = type;
  bytes.set(encodeCylinderHeadSector(startSector + sectorCount - 1), 5);
  view.setUint32(8, startSector - relativeTo, true);
  view.setUint32(12, sectorCount, true);
  return bytes;
}

function invalid(content: MbrContent, what: string): BuildError {
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `partition table of image "${content.imageName}": ${what}`,
    hint: 'use label gpt for large disks or many partitions',
  });
}
