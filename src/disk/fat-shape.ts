import { mebibyte } from '../base/units.js';

/** What a FAT is made for. */
export interface FatPlace {
  readonly sizeBytes: number;
  readonly sectorSizeBytes: 512 | 4096;
  /** The firmware reads it: FAT32 where it fits (UEFI 2.10 §13.3). */
  readonly isEfiSystemPartition: boolean;
}

/**
 * Chooses the width of the table's entries and the size of clusters.
 *
 * Readers tell the width by the number of clusters alone: under 4085 it is 12, under 65525 it is 16, otherwise 32
 * (Microsoft FAT specification 1.03, "FAT Type Determination"). mkfs.fat does not insist on that, and chooses by the
 * size of the whole file where the file system is only a part of it, so both are given to it.
 */
export function chooseFatShape(place: FatPlace): {
  readonly widthBits: 12 | 16 | 32;
  readonly sectorsPerCluster: number;
} {
  const { sizeBytes, sectorSizeBytes, isEfiSystemPartition } = place;
  const sectorCount = Math.floor(sizeBytes / sectorSizeBytes);
  // mkfs.fat's own limit, on devices of that size.
  const isWide = isEfiSystemPartition || sizeBytes >= 512 * mebibyte;
  if (isWide && sectorCount >= enoughForFat32)
    return { widthBits: 32, sectorsPerCluster: clusterOfFat32(sizeBytes, sectorSizeBytes) };
  const smallest = sectorCount >= 32_768 ? Math.max(1, 2048 / sectorSizeBytes) : 1;
  if (sectorCount / smallest >= enoughForFat16)
    return { widthBits: 16, sectorsPerCluster: doubledUntil(smallest, (size) => sectorCount / size < 65_525) };
  return { widthBits: 12, sectorsPerCluster: doubledUntil(1, (size) => sectorCount / size < 4085) };
}

/** These many sectors hold the clusters that make the width, and the tables. */
const enoughForFat32 = 66 * 1024;
const enoughForFat16 = 4400;

/** 4 KiB up to 8 GiB, then twice as much at each doubling; smaller where there would be too few clusters. */
function clusterOfFat32(sizeBytes: number, sectorSizeBytes: number): number {
  const wantedBytes = doubledUntil(4096, (size) => sizeBytes <= size * (2 * 1024 ** 2) || size === 32 * 1024);
  const fitting = doubledUntil(sectorSizeBytes, (size) => sizeBytes / (size * 2) < enoughForFat32);
  return Math.min(wantedBytes, fitting) / sectorSizeBytes;
}

function doubledUntil(first: number, isEnough: (value: number) => boolean): number {
  let value = first;
  while (!isEnough(value)) value *= 2;
  return value;
}
