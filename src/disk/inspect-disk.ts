import type { PartitionLayout, PartitionTableLayout } from '../model/layout.js';
import { guidText } from './guid.js';
import { type LvmSection, parseLvmText } from './lvm-text.js';
import { type AreaContent, type ReadBytes, recogniseContent } from './superblock.js';

/** What lies on a disk, as its own bytes say. */
export interface InspectedDisk {
  readonly sizeBytes: number;
  readonly sectorSizeBytes: 512 | 4096;
  /** Absent: a file system over the whole disk, or an empty one. */
  readonly table?: PartitionTableLayout;
  /** The whole disk when there is no table; otherwise each partition and each logical volume. */
  readonly areas: readonly InspectedArea[];
}

/** A partition, a logical volume, or a disk without a table. */
export interface InspectedArea {
  readonly kind: 'disk' | 'partition' | 'logical-volume';
  /** Number of the partition, `group/volume`, or empty. */
  readonly name: string;
  /** Where it starts on this disk; absent for a volume that starts on another one. */
  readonly offsetBytes?: number;
  readonly sizeBytes: number;
  readonly content?: AreaContent;
}

const extendedTypes = new Set([0x05, 0x0f, 0x85]);
/** A chain of EBRs that is longer is a loop. */
const maximumLogicals = 1000;

/** Reads partition table, volume groups and superblocks back. */
export async function inspectDisk(read: ReadBytes, sizeBytes: number): Promise<InspectedDisk> {
  for (const sectorSizeBytes of [512, 4096] as const) {
    const table = await readGpt(read, sectorSizeBytes);
    if (table !== undefined) return withAreas(read, { sizeBytes, sectorSizeBytes, table });
  }
  // A FAT boot sector ends with the same mark as an MBR.
  const whole = await recogniseContent(read, 0);
  const table = whole === undefined ? await readMbr(read) : undefined;
  if (table !== undefined) return withAreas(read, { sizeBytes, sectorSizeBytes: 512, table });
  const areas = await describeArea(read, { kind: 'disk', name: '', offsetBytes: 0, sizeBytes });
  return { sizeBytes, sectorSizeBytes: 512, areas };
}

async function readGpt(read: ReadBytes, sectorSizeBytes: number): Promise<PartitionTableLayout | undefined> {
  const header = await read(sectorSizeBytes, 92);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return undefined;
  const entriesOffsetBytes = Number(header.readBigUInt64LE(72)) * sectorSizeBytes;
  const entryCount = Math.min(header.readUInt32LE(80), 1024);
  const entrySizeBytes = header.readUInt32LE(84);
  if (entrySizeBytes < 128 || entrySizeBytes > 4096) return undefined;
  const entries = await read(entriesOffsetBytes, entryCount * entrySizeBytes);
  const partitions: PartitionLayout[] = [];
  for (let index = 0; index < entryCount; index += 1) {
    const entry = entries.subarray(index * entrySizeBytes, (index + 1) * entrySizeBytes);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const startSector = Number(entry.readBigUInt64LE(32));
    partitions.push({
      name: entry.toString('utf16le', 56, 128).replace(/\0.*$/s, ''),
      number: index + 1,
      startSector,
      sectorCount: Number(entry.readBigUInt64LE(40)) - startSector + 1,
      isBootable: (entry.readBigUInt64LE(48) & 4n) !== 0n,
      isLogical: false,
      typeGuid: guidText(entry.subarray(0, 16)),
      partitionGuid: guidText(entry.subarray(16, 32)),
    });
  }
  return { kind: 'gpt', diskGuid: guidText(header.subarray(56, 72)), partitions };
}

async function readMbr(read: ReadBytes): Promise<PartitionTableLayout | undefined> {
  const sector = await read(0, 512);
  if (sector[510] !== 0x55 || sector[511] !== 0xaa) return undefined;
  const entries = readMbrEntries(sector);
  if (sector.subarray(446, 510).some((_, index, bytes) => index % 16 === 0 && ![0, 0x80].includes(bytes[index] ?? 0)))
    return undefined;
  const extended = entries.find(({ mbrType }) => extendedTypes.has(mbrType));
  const primaries = entries.filter((entry) => entry !== extended);
  const logicals = extended === undefined ? [] : await readLogicals(read, extended.startSector);
  return {
    kind: 'mbr',
    diskSignature: sector.readUInt32LE(440),
    partitions: [...primaries.map((entry) => ({ ...entry, isLogical: false })), ...logicals],
    ...(extended === undefined
      ? {}
      : {
          extended: {
            number: extended.number,
            startSector: extended.startSector,
            sectorCount: extended.sectorCount,
          },
        }),
  };
}

function readMbrEntries(sector: Buffer) {
  return [0, 1, 2, 3].flatMap((index) => {
    const at = 446 + index * 16;
    const mbrType = sector[at + 4] ?? 0;
    const sectorCount = sector.readUInt32LE(at + 12);
    if (mbrType === 0 || sectorCount === 0) return [];
    const startSector = sector.readUInt32LE(at + 8);
    return [{ name: '', number: index + 1, startSector, sectorCount, isBootable: sector[at] === 0x80, mbrType }];
  });
}

async function readLogicals(read: ReadBytes, extendedSector: number): Promise<readonly PartitionLayout[]> {
  const logicals: PartitionLayout[] = [];
  let ebrSector = extendedSector;
  while (logicals.length < maximumLogicals) {
    const sector = await read(ebrSector * 512, 512);
    if (sector[510] !== 0x55 || sector[511] !== 0xaa) break;
    const entries = readMbrEntries(sector);
    const own = entries.find(({ mbrType }) => !extendedTypes.has(mbrType));
    if (own !== undefined)
      logicals.push({
        ...own,
        number: 5 + logicals.length,
        startSector: ebrSector + own.startSector,
        isLogical: true,
        ebrSector,
      });
    const link = entries.find(({ mbrType }) => extendedTypes.has(mbrType));
    if (link === undefined || link.startSector === 0) break;
    ebrSector = extendedSector + link.startSector;
  }
  return logicals;
}

async function withAreas(
  read: ReadBytes,
  disk: Omit<InspectedDisk, 'areas'> & { readonly table: PartitionTableLayout },
): Promise<InspectedDisk> {
  const areas: InspectedArea[] = [];
  for (const { number, startSector, sectorCount } of disk.table.partitions)
    areas.push(
      ...(await describeArea(read, {
        kind: 'partition',
        name: String(number),
        offsetBytes: startSector * disk.sectorSizeBytes,
        sizeBytes: sectorCount * disk.sectorSizeBytes,
      })),
    );
  // A group on several partitions is listed by each of them.
  const seen = new Set<string>();
  const unique = areas.filter(({ kind, name, offsetBytes }) => {
    const key = `${kind} ${name} ${kind === 'logical-volume' ? '' : offsetBytes}`;
    return !seen.has(key) && seen.add(key);
  });
  return { ...disk, areas: unique };
}

/** The area, and when it is a physical volume, the logical volumes of its group. */
async function describeArea(
  read: ReadBytes,
  area: InspectedArea & { readonly offsetBytes: number },
): Promise<readonly InspectedArea[]> {
  const content = await recogniseContent(read, area.offsetBytes);
  if (content === undefined) return [area];
  const described = { ...area, content };
  if (content.type !== 'LVM2_member') return [described];
  return [described, ...(await readVolumes(read, { offsetBytes: area.offsetBytes, id: content.uuid }))];
}

async function readVolumes(
  read: ReadBytes,
  volume: { readonly offsetBytes: number; readonly id: string },
): Promise<readonly InspectedArea[]> {
  const header = await read(volume.offsetBytes + 4096, 512);
  if (header.toString('latin1', 4, 9) !== ' LVM2') return [];
  const [textOffsetBytes, textSizeBytes] = [40, 48].map((offset) => Number(header.readBigUInt64LE(offset)));
  const text = await read(volume.offsetBytes + 4096 + (textOffsetBytes ?? 0), Math.min(textSizeBytes ?? 0, 2 ** 20));
  const [named] = Object.entries(parseLvmText(text.toString('utf8').replace(/\0.*$/s, '')).sections);
  if (named === undefined) return [];
  const [groupName, group] = named;
  const areas: InspectedArea[] = [];
  for (const [name, logical] of Object.entries(group.sections.logical_volumes?.sections ?? {})) {
    const place = placeOf(group, logical, volume);
    const area = { kind: 'logical-volume', name: `${groupName}/${name}`, ...place } as const;
    const content = area.offsetBytes === undefined ? undefined : await recogniseContent(read, area.offsetBytes);
    areas.push(content === undefined ? area : { ...area, content });
  }
  return areas;
}

/** Where a logical volume starts, when that is on this physical volume, and how large it is. */
function placeOf(
  group: LvmSection,
  logical: LvmSection,
  volume: { readonly offsetBytes: number; readonly id: string },
): { readonly offsetBytes?: number; readonly sizeBytes: number } {
  const extentSizeBytes = Number(group.values.extent_size) * 512;
  const segments = Object.values(logical.sections);
  const extents = segments.reduce((sum, { values }) => sum + Number(values.extent_count), 0);
  const sizeBytes = extents * extentSizeBytes;
  const first = segments.find(({ values }) => values.start_extent === 0)?.values;
  const stripes = first?.stripes;
  if (!Array.isArray(stripes) || first?.type !== 'striped') return { sizeBytes };
  const physical = group.sections.physical_volumes?.sections[String(stripes[0])]?.values;
  if (String(physical?.id).replaceAll('-', '') !== volume.id) return { sizeBytes };
  const offsetBytes = volume.offsetBytes + Number(physical?.pe_start) * 512 + Number(stripes[1]) * extentSizeBytes;
  return { offsetBytes, sizeBytes };
}
