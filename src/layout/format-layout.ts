import type { DiskLayout, FileSystemLayout, ImageLayout, VolumeGroupLayout } from '../model/layout.js';
import { alignColumns, type ColumnSide } from './align-columns.js';
import { exactSize } from './exact-size.js';
import { partitionKind } from './partition-kind.js';

/**
 * A picture of the disks as text: what lies where, from the first byte to the last, with file systems and mounts,
 * then the volume groups, then `/etc/fstab`.
 */
export function formatLayout(layout: DiskLayout): string {
  const blocks = [
    ...layout.images.map((image) => formatImage(image, layout)),
    ...layout.volumeGroups.map((group) => formatGroup(group, layout)),
    ...(layout.fstab === undefined ? [] : [['/etc/fstab', ...layout.fstab.trimEnd().split('\n').map(indent)]]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const deviceSides: readonly ColumnSide[] = ['right', 'right', 'right', 'left', 'left', 'left', 'left'];

interface Area {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly cells: readonly string[];
}

function formatImage(image: ImageLayout, layout: DiskLayout): readonly string[] {
  const { name, sizeBytes, sectorSizeBytes, table } = image;
  const title = `${name}: ${exactSize(sizeBytes)} (${sizeBytes} bytes), ${tableText(table)}, ${sectorSizeBytes}-byte sectors`;
  const areas = table === undefined ? [wholeImage(image, layout)] : withGaps(tableAreas(image, layout), image);
  const rows = areas.map((area) => [exactSize(area.offsetBytes), exactSize(area.sizeBytes), ...area.cells]);
  const header = ['offset', 'size', 'no', 'name', 'type', 'file system', 'mount'];
  return [title, ...alignColumns([header, ...rows], deviceSides).map(indent)];
}

function wholeImage(image: ImageLayout, layout: DiskLayout): Area {
  return {
    offsetBytes: 0,
    sizeBytes: image.sizeBytes,
    cells: ['', image.name, '', ...contentCells(image.name, layout)],
  };
}

function tableText(table: ImageLayout['table']): string {
  if (table === undefined) return 'no partition table';
  return table.kind === 'gpt' ? `gpt ${table.diskGuid}` : `mbr ${table.diskSignature.toString(16).padStart(8, '0')}`;
}

function tableAreas({ sectorSizeBytes, table }: ImageLayout, layout: DiskLayout): readonly Area[] {
  const areas = (table?.partitions ?? []).flatMap((partition): readonly Area[] => {
    const { number, name, startSector, sectorCount, ebrSector = startSector } = partition;
    const kind = `${partitionKind(partition)}${partition.isBootable && table?.kind === 'mbr' ? ', boot' : ''}`;
    const area = (start: number, count: number, cells: readonly string[]): Area => ({
      offsetBytes: start * sectorSizeBytes,
      sizeBytes: count * sectorSizeBytes,
      cells,
    });
    const ebr = area(ebrSector, startSector - ebrSector, ['', '(ebr)']);
    const data = area(startSector, sectorCount, [`${number}`, name, kind, ...contentCells(name, layout)]);
    return ebr.sizeBytes === 0 ? [data] : [ebr, data];
  });
  const first = Math.min(...areas.map(({ offsetBytes }) => offsetBytes));
  return Number.isFinite(first)
    ? [{ offsetBytes: 0, sizeBytes: first, cells: ['', `(${table?.kind})`] }, ...areas]
    : areas;
}

function contentCells(device: string, layout: DiskLayout): readonly string[] {
  const fileSystem = layout.fileSystems.find(({ base }) => base === device);
  if (fileSystem !== undefined) return [describeFileSystem(fileSystem), fileSystem.mountPoint ?? ''];
  const owner = physicalVolumeOf(device, layout);
  return owner === undefined ? [] : [`physical volume of ${owner.name}`];
}

function describeFileSystem({ type, label, uuid }: FileSystemLayout): string {
  return `${type} ${label} ${uuid}`;
}

/** The group whose physical volume fills the device: they begin at the same byte. */
function physicalVolumeOf(device: string, layout: DiskLayout): VolumeGroupLayout | undefined {
  const image = layout.images.find(
    ({ name, table }) => name === device || table?.partitions.some((partition) => partition.name === device),
  );
  if (image === undefined) return undefined;
  const partition = image.table?.partitions.find(({ name }) => name === device);
  const offsetBytes = (partition?.startSector ?? 0) * image.sectorSizeBytes;
  return layout.volumeGroups.find(({ physicalVolumes }) =>
    physicalVolumes.some(({ region }) => region.image === image.name && region.offsetBytes === offsetBytes),
  );
}

function withGaps(areas: readonly Area[], { sizeBytes, table }: ImageLayout): readonly Area[] {
  const filled: Area[] = [];
  let end = 0;
  for (const area of areas) {
    if (area.offsetBytes > end)
      filled.push({ offsetBytes: end, sizeBytes: area.offsetBytes - end, cells: ['', '(free)'] });
    filled.push(area);
    end = area.offsetBytes + area.sizeBytes;
  }
  const rest = table?.kind === 'gpt' ? '(free, backup gpt)' : '(free)';
  if (end < sizeBytes) filled.push({ offsetBytes: end, sizeBytes: sizeBytes - end, cells: ['', rest] });
  return filled;
}

function formatGroup(group: VolumeGroupLayout, layout: DiskLayout): readonly string[] {
  const extents = group.physicalVolumes.reduce((sum, { extentCount }) => sum + extentCount, 0);
  const on = group.physicalVolumes.map(({ name }) => name).join(', ');
  const title = `${group.name}: ${exactSize(extents * group.extentSizeBytes)}, volume group on ${on}, ${extents} extents of ${exactSize(group.extentSizeBytes)}`;
  const rows = group.logicalVolumes.map((volume) => {
    const runs = volume.segments.map(
      ({ physicalVolume, firstExtent, extentCount }) =>
        `${physicalVolume}:${firstExtent}-${firstExtent + extentCount - 1}`,
    );
    const place = volume.type === 'thin' ? `in ${volume.thinPool}` : runs.join(' ');
    return [exactSize(volume.sizeBytes), volume.name, volume.type, place, ...contentCells(volume.name, layout)];
  });
  const usedExtents = [
    ...group.logicalVolumes.flatMap(({ segments, pool }) => [...segments, ...(pool?.metadataSegments ?? [])]),
    ...(group.spareSegments ?? []),
  ].reduce((sum, { extentCount }) => sum + extentCount, 0);
  if (usedExtents < extents) rows.push([exactSize((extents - usedExtents) * group.extentSizeBytes), '(free)']);
  const header = ['size', 'name', 'type', 'extents', 'file system', 'mount'];
  return [title, ...alignColumns([header, ...rows], ['right', 'left', 'left', 'left', 'left', 'left']).map(indent)];
}

function indent(line: string): string {
  return `  ${line}`;
}
