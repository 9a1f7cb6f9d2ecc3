import type { DiskLayoutSpec, LogicalVolumeSpec, SizeSpec } from '../model/layout.js';
import { alignColumns, type ColumnSide } from './align-columns.js';
import { exactSize } from './exact-size.js';
import { partitionKind } from './partition-kind.js';

const sides: readonly ColumnSide[] = ['right', 'left', 'left', 'left', 'left'];

/** A layout whose images have no size yet, as text: what was asked for, in the order of the configuration. */
export function formatLayoutSpec(spec: DiskLayoutSpec): string {
  const disks = spec.images.map((image) => {
    const table = spec.partitionTables.find((candidate) => candidate.image === image.name);
    const size = image.sizeBytes === undefined ? 'fitted to the tree' : exactSize(image.sizeBytes);
    const kind = table?.label ?? 'no partition table';
    const rows =
      table === undefined
        ? [['all', image.name, '', ...contentCells(image.name, spec)]]
        : table.partitions.map((partition) => [
            sizeText(partition.size),
            partition.name,
            `${partitionKind(partition)}${partition.isLogical ? ', logical' : ''}`,
            ...contentCells(partition.name, spec),
          ]);
    return [`${image.name}: ${size}, ${kind}, ${image.sectorSizeBytes}-byte sectors`, ...tableLines(rows)];
  });
  const groups = spec.volumeGroups.map((group) => {
    const rows = group.logicalVolumes.map((volume) => [
      volumeSizeText(volume),
      volume.name,
      volume.thinPool === undefined ? volume.type : `thin in ${volume.thinPool}`,
      ...contentCells(volume.name, spec),
    ]);
    const on = group.physicalVolumes.map(({ base }) => base).join(', ');
    return [`${group.name}: volume group on ${on}`, ...tableLines(rows)];
  });
  return `${[...disks, ...groups].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  return alignColumns(rows, sides).map((line) => `  ${line}`);
}

function contentCells(device: string, spec: DiskLayoutSpec): readonly string[] {
  const fileSystem = spec.fileSystems.find(({ base }) => base === device);
  if (fileSystem !== undefined) {
    const mount = spec.mounts.find((candidate) => candidate.fileSystem === fileSystem.name);
    return [`${fileSystem.type} ${fileSystem.label}`, mount?.mountPoint ?? ''];
  }
  const group = spec.volumeGroups.find(({ physicalVolumes }) => physicalVolumes.some(({ base }) => base === device));
  return group === undefined ? [] : [`physical volume of ${group.name}`];
}

function sizeText(size: SizeSpec): string {
  return size.kind === 'bytes' ? exactSize(size.sizeBytes) : `${size.percent}%`;
}

function volumeSizeText({ size }: LogicalVolumeSpec): string {
  return size.kind === 'bytes' ? exactSize(size.sizeBytes) : size.expression;
}
