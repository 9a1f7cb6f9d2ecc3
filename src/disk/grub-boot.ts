import { open, readFile } from 'node:fs/promises';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { ImageLayout, PartitionLayout } from '../model/layout.js';
import { type ByteRun, writeRuns } from './byte-run.js';

/** The two files that GRUB for BIOS needs before it can read a file system. */
export interface GrubImages {
  /** Where they were found, for messages. */
  readonly directory: string;
  /** `boot.img`: one sector. */
  readonly boot: Uint8Array;
  /** `core.img`: whole sectors when padded. */
  readonly core: Uint8Array;
}

const sectorSizeBytes = 512;
const biosBootTypeGuid = '21686148-6449-6E6F-744E-656564454649';
const directoriesInTree = ['boot/grub/i386-pc', 'boot/grub2/i386-pc'];

/** Reads `boot.img` and `core.img` from the tree, from `boot/grub` or `boot/grub2`; undefined when they are not there. */
export async function findGrubImages(treeDirectory: string): Promise<GrubImages | undefined> {
  for (const name of directoriesInTree) {
    const directory = `${treeDirectory}/${name}`;
    try {
      const [boot, core] = await Promise.all([readFile(`${directory}/boot.img`), readFile(`${directory}/core.img`)]);
      return { directory: `/${name}`, boot, core };
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ENOTDIR')) throw error;
    }
  }
  return undefined;
}

/** Makes the disk in a file start with GRUB. The partition table must be written already or later; it is not touched. */
export async function embedGrub(imagePath: string, image: ImageLayout, grub: GrubImages): Promise<void> {
  const file = await open(imagePath, 'r+');
  try {
    await writeRuns(file, encodeGrub(image, grub));
  } finally {
    await file.close();
  }
}

/**
 * The bytes of GRUB for BIOS: boot code in sector 0, the core in the BIOS boot partition of a GPT or in the gap
 * before the first partition of an MBR.
 *
 * Offsets are those of `struct grub_boot_blocklist` and of boot.S in GRUB 2.
 *
 * @throws BuildError `LAYOUT_INVALID` when there is no such place or it is too small; the message has both sizes
 */
export function encodeGrub(image: ImageLayout, grub: GrubImages): readonly ByteRun[] {
  if (grub.boot.length !== sectorSizeBytes || grub.boot[0x1fe] !== 0x55 || grub.boot[0x1ff] !== 0xaa)
    throw invalid(image, `${grub.directory}/boot.img is no boot sector`);
  if (grub.core.length <= sectorSizeBytes) throw invalid(image, `${grub.directory}/core.img is not a GRUB core image`);
  const place = findPlace(image);
  const coreSectors = Math.ceil(grub.core.length / sectorSizeBytes);
  if (coreSectors > place.sectorCount)
    throw invalid(
      image,
      `GRUB's core image has ${coreSectors} sectors of 512 bytes, ${place.name} has ${place.sectorCount}`,
      place.hint,
    );

  const boot = Buffer.from(grub.boot);
  boot.writeBigUInt64LE(BigInt(place.firstSector), 0x5c);
  // Hard disks: trust the drive number that the BIOS gave instead of jumping over the check.
  boot.set([0x90, 0x90], 0x66);
  const core = Buffer.alloc(coreSectors * sectorSizeBytes);
  core.set(grub.core);
  core.writeBigUInt64LE(BigInt(place.firstSector + 1), 0x1f4);
  core.writeUInt16LE(coreSectors - 1, 0x1fc);
  return [
    { offsetBytes: 0, bytes: boot.subarray(0, 0x3) },
    // Between lies the BIOS parameter block area; from 0x1B8 the disk signature and the partition table.
    { offsetBytes: 0x5a, bytes: boot.subarray(0x5a, 0x1b8) },
    { offsetBytes: 0x1fe, bytes: boot.subarray(0x1fe) },
    { offsetBytes: place.firstSector * sectorSizeBytes, bytes: core },
  ];
}

interface Place {
  readonly name: string;
  readonly firstSector: number;
  readonly sectorCount: number;
  readonly hint: string;
}

function findPlace(image: ImageLayout): Place {
  const { table } = image;
  if (table === undefined) throw invalid(image, 'a disk without a partition table has no place for GRUB');
  if (image.sectorSizeBytes !== sectorSizeBytes)
    throw invalid(image, `a BIOS cannot start from a disk with sectors of ${image.sectorSizeBytes} bytes`);
  if (table.kind === 'gpt') {
    const partition = table.partitions.find(({ typeGuid }) => typeGuid?.toUpperCase() === biosBootTypeGuid);
    if (partition === undefined)
      throw invalid(image, 'a GPT disk needs a BIOS boot partition for GRUB', 'add a partition of type EF02 of 1 MiB');
    return {
      name: `BIOS boot partition "${partition.name}"`,
      firstSector: partition.startSector,
      sectorCount: partition.sectorCount,
      hint: 'make the BIOS boot partition larger',
    };
  }
  const firstSectors = [
    ...table.partitions.map(startOf),
    ...(table.extended === undefined ? [] : [table.extended.startSector]),
  ];
  // Without partitions the end of the disk bounds the gap.
  const endSector = Math.min(...firstSectors, Math.floor(image.sizeBytes / sectorSizeBytes));
  return {
    name: 'the gap before the first partition',
    firstSector: 1,
    sectorCount: endSector - 1,
    hint: 'use an alignment of 1 MiB (align in the layout)',
  };
}

function startOf(partition: PartitionLayout): number {
  return partition.ebrSector ?? partition.startSector;
}

function invalid(image: ImageLayout, what: string, hint?: string): BuildError {
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `image "${image.name}" cannot start with GRUB for BIOS: ${what}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
