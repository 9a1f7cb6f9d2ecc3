import { crc32 } from 'node:zlib';
import { BuildError } from '../base/build-error.js';
import type { PartitionLayout, PartitionTableLayout } from '../model/layout.js';
import type { ByteRun } from './byte-run.js';
import { guidBytes } from './guid.js';

/** What a GPT is made from. */
export interface GptContent {
  readonly imageName: string;
  readonly imageSizeBytes: number;
  readonly sectorSizeBytes: 512 | 4096;
  readonly table: Extract<PartitionTableLayout, { kind: 'gpt' }>;
}

const entryCount = 128;
const entrySizeBytes = 128;
const headerSizeBytes = 92;
const nameUnits = 36;
/** "Linux filesystem data". */
const linuxTypeGuid = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';
const legacyBootableAttribute = 1n << 2n;

/**
 * A GUID partition table: protective MBR (boot code before its signature is not touched), both headers, both copies
 * of the entries.
 *
 * @throws BuildError `LAYOUT_INVALID` when a partition lies outside the usable sectors, overlaps another one, or its
 * number is beyond 128
 * @see UEFI 2.10 §5.2.3 and §5.3
 */
export function encodeGpt(content: GptContent): readonly ByteRun[] {
  const { sectorSizeBytes, table } = content;
  const sectorCount = Math.floor(content.imageSizeBytes / sectorSizeBytes);
  const entrySectors = (entryCount * entrySizeBytes) / sectorSizeBytes;
  const firstUsableSector = 2 + entrySectors;
  const lastUsableSector = sectorCount - 2 - entrySectors;
  checkPlaces(content, firstUsableSector, lastUsableSector);

  const entries = Buffer.alloc(entryCount * entrySizeBytes);
  for (const partition of table.partitions)
    encodeEntry(partition).copy(entries, (partition.number - 1) * entrySizeBytes);
  const header = (ownSector: number, otherSector: number, entriesSector: number) =>
    encodeHeader({
      ownSector,
      otherSector,
      entriesSector,
      firstUsableSector,
      lastUsableSector,
      diskGuid: table.diskGuid,
      entriesCrc: crc32(entries),
    });
  const backupEntriesSector = sectorCount - 1 - entrySectors;
  return [
    encodeProtectiveMbr(sectorCount),
    { offsetBytes: sectorSizeBytes, bytes: header(1, sectorCount - 1, 2) },
    { offsetBytes: 2 * sectorSizeBytes, bytes: entries },
    { offsetBytes: backupEntriesSector * sectorSizeBytes, bytes: entries },
    {
      offsetBytes: (sectorCount - 1) * sectorSizeBytes,
      bytes: header(sectorCount - 1, 1, backupEntriesSector),
    },
  ];
}

function checkPlaces(content: GptContent, firstUsableSector: number, lastUsableSector: number): void {
  const sorted = [...content.table.partitions].sort((one, other) => one.startSector - other.startSector);
  const numbers = new Set<number>();
  let freeSector = firstUsableSector;
  for (const { name, number, startSector, sectorCount } of sorted) {
    const lastSector = startSector + sectorCount - 1;
    const where = `partition "${name}" (number ${number}, sectors ${startSector} to ${lastSector})`;
    if (startSector < freeSector || lastSector > lastUsableSector || sectorCount < 1)
      throw invalid(content, `${where} does not fit between sectors ${freeSector} and ${lastUsableSector}`);
    if (number < 1 || number > entryCount || numbers.has(number))
      throw invalid(content, `${where} needs a number of its own from 1 to ${entryCount}`);
    numbers.add(number);
    freeSector = lastSector + 1;
  }
}

function encodeProtectiveMbr(sectorCount: number): ByteRun {
  const bytes = Buffer.alloc(72);
  bytes.set([0, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 6);
  bytes.writeUInt32LE(1, 6 + 8);
  bytes.writeUInt32LE(Math.min(sectorCount - 1, 0xffff_ffff), 6 + 12);
  bytes.set([0x55, 0xaa], 70);
  return { offsetBytes: 440, bytes };
}

interface Header {
  readonly ownSector: number;
  readonly otherSector: number;
  readonly entriesSector: number;
  readonly firstUsableSector: number;
  readonly lastUsableSector: number;
  readonly diskGuid: string;
  readonly entriesCrc: number;
}

function encodeHeader(header: Header): Buffer {
  const bytes = Buffer.alloc(headerSizeBytes);
  bytes.write('EFI PART', 0, 'latin1');
  bytes.writeUInt32LE(0x0001_0000, 8);
  bytes.writeUInt32LE(headerSizeBytes, 12);
  bytes.writeBigUInt64LE(BigInt(header.ownSector), 24);
  bytes.writeBigUInt64LE(BigInt(header.otherSector), 32);
  bytes.writeBigUInt64LE(BigInt(header.firstUsableSector), 40);
  bytes.writeBigUInt64LE(BigInt(header.lastUsableSector), 48);
  guidBytes(header.diskGuid).copy(bytes, 56);
  bytes.writeBigUInt64LE(BigInt(header.entriesSector), 72);
  bytes.writeUInt32LE(entryCount, 80);
  bytes.writeUInt32LE(entrySizeBytes, 84);
  bytes.writeUInt32LE(header.entriesCrc, 88);
  bytes.writeUInt32LE(crc32(bytes), 16);
  return bytes;
}

function encodeEntry(partition: PartitionLayout): Buffer {
  const { name, partitionGuid, typeGuid = linuxTypeGuid, startSector, sectorCount, isBootable } = partition;
  if (partitionGuid === undefined) throw new Error(`Internal error: GPT partition "${name}" has no GUID`);
  const bytes = Buffer.alloc(entrySizeBytes);
  guidBytes(typeGuid).copy(bytes, 0);
  guidBytes(partitionGuid).copy(bytes, 16);
  bytes.writeBigUInt64LE(BigInt(startSector), 32);
  bytes.writeBigUInt64LE(BigInt(startSector + sectorCount - 1), 40);
  bytes.writeBigUInt64LE(isBootable ? legacyBootableAttribute : 0n, 48);
  bytes.write(name.slice(0, nameUnits), 56, 'utf16le');
  return bytes;
}

function invalid(content: GptContent, what: string): BuildError {
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `partition table of image "${content.imageName}": ${what}`,
  });
}
