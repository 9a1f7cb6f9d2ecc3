import type { DiskLayout, DiskRegion, FileSystemLayout, ImageLayout, PartitionLayout } from '../model/layout.js';

/**
 * The name under which hooks know a device of the disk that is made from files. No such device exists: the names keep
 * scripts alive that only pass them on, and the boot loader's stand-ins look them up in the table.
 */
export function deviceNameOf(image: string, partitionNumber?: number): string {
  return `/dev/dib-${image}${partitionNumber === undefined ? '' : `p${partitionNumber}`}`;
}

/** Every device by node name: images, partitions and logical volumes, as `IMAGE_BLOCK_DEVICES` lists them. */
export function namedDevices(layout: DiskLayout): ReadonlyMap<string, string> {
  const devices = new Map<string, string>();
  for (const image of layout.images) {
    devices.set(image.name, deviceNameOf(image.name));
    for (const partition of image.table?.partitions ?? []) {
      devices.set(partition.name, deviceNameOf(image.name, partition.number));
    }
  }
  for (const group of layout.volumeGroups) {
    for (const volume of group.logicalVolumes) devices.set(volume.name, mapperName(group.name, volume.name));
  }
  return devices;
}

/**
 * The table that the boot loader's stand-ins in the target look things up in.
 *
 * @see assets/target/README.md for the format
 */
export function formatBootTable(layout: DiskLayout): string {
  const records = [
    ...layout.images.map(diskRecord),
    ...layout.images.flatMap((image) =>
      (image.table?.partitions ?? []).map((partition) => partitionRecord(image, partition)),
    ),
    ...layout.fileSystems
      .filter((fileSystem) => fileSystem.type !== 'swap' && fileSystem.mountPoint !== undefined)
      .map((fileSystem) => mountRecord(fileSystem, layout)),
  ];
  return records.map((record) => `${record.join('\t')}\n`).join('');
}

function diskRecord(image: ImageLayout): readonly string[] {
  return [
    'disk',
    deviceNameOf(image.name),
    `name=${image.name}`,
    `sector=${image.sectorSizeBytes}`,
    `partmap=${partitionMapOf(image)}`,
  ];
}

function partitionRecord(image: ImageLayout, partition: PartitionLayout): readonly string[] {
  return [
    'partition',
    deviceNameOf(image.name, partition.number),
    `name=${partition.name}`,
    `disk=${deviceNameOf(image.name)}`,
    `partmap=${partitionMapOf(image)}`,
    `number=${partition.number}`,
    `start=${partition.startSector}`,
    `count=${partition.sectorCount}`,
    ...identityFields(image, partition),
  ];
}

function mountRecord(fileSystem: FileSystemLayout, layout: DiskLayout): readonly string[] {
  const common = [
    'mount',
    fileSystem.mountPoint ?? '',
    `fs=${fileSystem.type}`,
    `uuid=${fileSystem.uuid}`,
    `label=${fileSystem.label}`,
  ];
  const region = fileSystem.regions[0];
  const image = layout.images.find((candidate) => candidate.name === region?.image);
  if (region === undefined || image === undefined)
    throw new Error(`Internal error: file system ${fileSystem.name} has no place`);
  const group = layout.volumeGroups.find((candidate) =>
    candidate.logicalVolumes.some((volume) => volume.name === fileSystem.base),
  );
  const volume = group?.logicalVolumes.find((candidate) => candidate.name === fileSystem.base);
  const place = [`disk=${deviceNameOf(image.name)}`, `partmap=${partitionMapOf(image)}`];
  if (group !== undefined && volume !== undefined) {
    return [
      ...common,
      `device=${mapperName(group.name, volume.name)}`,
      ...place,
      `vg=${group.name}`,
      `lv=${volume.name}`,
      `vg_id=${dashedId(group.id)}`,
      `lv_id=${dashedId(volume.id)}`,
    ];
  }
  const partition = (image.table?.partitions ?? []).find((candidate) => isAt(candidate, region, image));
  if (partition === undefined) return [...common, `device=${deviceNameOf(image.name)}`, ...place];
  return [
    ...common,
    `device=${deviceNameOf(image.name, partition.number)}`,
    ...place,
    `number=${partition.number}`,
    ...identityFields(image, partition),
  ];
}

function isAt(partition: PartitionLayout, region: DiskRegion, image: ImageLayout): boolean {
  return partition.startSector * image.sectorSizeBytes === region.offsetBytes;
}

function partitionMapOf(image: ImageLayout): string {
  if (image.table === undefined) return '';
  return image.table.kind === 'gpt' ? 'gpt' : 'msdos';
}

/** PARTUUID as Linux shows it: the GUID, or for MBR the disk signature and the number. */
function identityFields(image: ImageLayout, partition: PartitionLayout): readonly string[] {
  if (image.table?.kind === 'mbr') {
    const signature = image.table.diskSignature.toString(16).padStart(8, '0');
    const number = partition.number.toString(16).padStart(2, '0');
    return [`partuuid=${signature}-${number}`, `parttype=${(partition.mbrType ?? 0).toString(16).padStart(2, '0')}`];
  }
  return [
    `partuuid=${(partition.partitionGuid ?? '').toLowerCase()}`,
    `parttype=${(partition.typeGuid ?? '').toLowerCase()}`,
  ];
}

/** Device-mapper doubles hyphens inside the parts of a name (dmsetup(8)). */
function mapperName(group: string, volume: string): string {
  return `/dev/mapper/${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`;
}

/** LVM identifiers are grouped 6-4-4-4-4-4-6. */
function dashedId(id: string): string {
  return id.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})$/, '$1-$2-$3-$4-$5-$6-$7');
}
