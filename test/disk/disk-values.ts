import type { FileSystemLayout, ImageLayout, PartitionLayout } from '../../src/model/layout.js';

const mebibyte = 1024 * 1024;

/** A partition of a GPT in sectors. */
export function gptPartition(
  partition: Pick<PartitionLayout, 'name' | 'number' | 'startSector' | 'sectorCount'> & Partial<PartitionLayout>,
): PartitionLayout {
  return {
    isBootable: false,
    isLogical: false,
    typeGuid: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
    partitionGuid: `0000000${partition.number}-1111-2222-3333-444444444444`,
    ...partition,
  };
}

/** A partition of an MBR in sectors. */
export function mbrPartition(
  partition: Pick<PartitionLayout, 'name' | 'number' | 'startSector' | 'sectorCount'> & Partial<PartitionLayout>,
): PartitionLayout {
  return { isBootable: false, isLogical: false, mbrType: 0x83, ...partition };
}

/** One image with sectors of 512 bytes. */
export function image(sizeMebibytes: number, table?: ImageLayout['table']): ImageLayout {
  const common = { name: 'image0', sizeBytes: sizeMebibytes * mebibyte, sectorSizeBytes: 512 } as const;
  return table === undefined ? common : { ...common, table };
}

/** A file system in MiB of image0. */
export function fileSystem(
  values: Pick<FileSystemLayout, 'type'> &
    Partial<FileSystemLayout> & { readonly atMebibytes: number; readonly sizeMebibytes: number },
): FileSystemLayout {
  const { atMebibytes, sizeMebibytes, ...rest } = values;
  const sizeBytes = sizeMebibytes * mebibyte;
  return {
    name: `mkfs_${rest.type}`,
    label: 'label',
    uuid: '11111111-2222-4333-8444-555555555555',
    options: [],
    sizeBytes,
    regions: [{ image: 'image0', offsetBytes: atMebibytes * mebibyte, sizeBytes }],
    sectorSizeBytes: 512,
    mountPoint: '/',
    base: 'image0',
    ...rest,
  };
}
