import type { InspectedArea, InspectedDisk } from '../../disk/inspect-disk.js';
import { alignColumns, type ColumnSide } from '../../layout/align-columns.js';
import { exactSize } from '../../layout/exact-size.js';
import { partitionKind } from '../../layout/partition-kind.js';
import type { PartitionLayout } from '../../model/layout.js';

const sides: readonly ColumnSide[] = ['right', 'right', 'right', 'left', 'left', 'left', 'left'];

/** A picture of a disk as its own bytes describe it, in the same form as that of a planned one. */
export function formatInspectedDisk(name: string, disk: InspectedDisk): string {
  const { sizeBytes, sectorSizeBytes, table, areas } = disk;
  const title = `${name}: ${exactSize(sizeBytes)} (${sizeBytes} bytes), ${tableText(table)}, ${sectorSizeBytes}-byte sectors`;
  const rows = areas.map((area) => areaRow(area, table?.partitions ?? []));
  // A column that nothing fills is left out with its heading.
  const header = ['offset', 'size', 'no', 'name', 'type', 'content', 'free in it'].map((heading, column) =>
    rows.some((row) => row[column] !== '') ? heading : '',
  );
  return `${[title, ...alignColumns([header, ...rows], sides).map((line) => `  ${line}`)].join('\n')}\n`;
}

function tableText(table: InspectedDisk['table']): string {
  if (table === undefined) return 'no partition table';
  return table.kind === 'gpt' ? `gpt ${table.diskGuid}` : `mbr ${table.diskSignature.toString(16).padStart(8, '0')}`;
}

function areaRow(area: InspectedArea, partitions: readonly PartitionLayout[]): readonly string[] {
  const { kind, name, offsetBytes, sizeBytes, content } = area;
  const partition = kind === 'partition' ? partitions.find(({ number }) => String(number) === name) : undefined;
  const type =
    kind === 'logical-volume'
      ? 'logical volume'
      : partition === undefined
        ? ''
        : `${partitionKind(partition)}${partition.isLogical ? ', logical' : ''}${
            partition.isBootable && partition.mbrType !== undefined ? ', boot' : ''
          }`;
  return [
    offsetBytes === undefined ? '?' : exactSize(offsetBytes),
    exactSize(sizeBytes),
    partition === undefined ? '' : name,
    kind === 'logical-volume' ? name : (partition?.name ?? ''),
    type,
    content === undefined ? '' : [content.type, content.label, content.uuid].filter(Boolean).join(' '),
    unusedText(area),
  ];
}

/** A file system that is smaller than its partition could be grown. */
function unusedText({ content, sizeBytes }: InspectedArea): string {
  const unusedBytes = content?.sizeBytes === undefined ? 0 : sizeBytes - content.sizeBytes;
  return unusedBytes >= 1024 * 1024 ? exactSize(unusedBytes) : '';
}
