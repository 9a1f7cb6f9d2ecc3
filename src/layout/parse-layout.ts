import type {
  DiskLayoutSpec,
  FileSystemSpec,
  ImageSpec,
  PartitionTableSpec,
  VolumeGroupSpec,
} from '../model/layout.js';
import { checkBases, checkIdentities, type DeviceUser } from './check-bases.js';
import { composeMounts } from './compose-mounts.js';
import { type FaultList, openFaultList, type Place } from './fault-list.js';
import { flatConfigOf } from './flat-config.js';
import { type FlatEntry, flattenTree } from './flatten-tree.js';
import { type LayoutNode, withoutDuplicates } from './layout-node.js';
import { mergeRootParameters, type RootDefaults, rootFileSystemName } from './merge-root-parameters.js';
import { orderNodes } from './order-nodes.js';
import { valueOfKey } from './placed-value.js';
import { readFileSystem } from './read-file-system.js';
import { readImage } from './read-image.js';
import { type ReadFstab, type ReadMount, readFstab, readMount } from './read-mount.js';
import { readPartitionTable } from './read-partition-table.js';
import { readPlacedYaml } from './read-placed-yaml.js';
import { readVolumeGroups } from './read-volume-groups.js';

/**
 * Reads a block-device configuration, tree or graph notation, YAML 1.1.
 *
 * @param origin where the text came from, for messages: a path, `DIB_BLOCK_DEVICE_CONFIG` or `built-in`
 * @param sectorSizeBytes `DIB_BLOCK_SIZE`: wins over `block_size` of every disk
 * @throws BuildError or BuildErrors `LAYOUT_INVALID` with every fault of the text, each with `origin:line:column`
 */
export function parseLayout({
  text,
  origin,
  defaults,
  sectorSizeBytes,
}: {
  readonly text: string;
  readonly origin: string;
  readonly defaults: RootDefaults;
  readonly sectorSizeBytes?: number | undefined;
}): DiskLayoutSpec {
  const faults = openFaultList(origin);
  const yaml = readPlacedYaml(text, faults);
  faults.throwAll();
  const entries = mergeRootParameters(flattenTree(yaml, faults), defaults);
  if (yaml.kind === 'list' && yaml.items.length === 0) faults.warn(yaml.place, 'the layout is empty; no disk is made');
  const read = readEntries(entries, { sectorSizeBytes, faults });
  const { mounts, chainedNodes } = composeMounts(read, faults);
  const nodes = read.nodes.map((node) => chainedNodes.get(node) ?? node);
  const nodeOrder = orderNodes(withoutDuplicates(nodes, faults), faults);
  checkBases(read.deviceUsers, faults);
  checkIdentities(read.labels, faults);
  checkSectorSizes(read.images, read.tables, faults);
  warnIdleSettings(read.fileSystems, mounts.find(({ mountPoint }) => mountPoint === '/')?.fileSystem, defaults, faults);
  faults.throwAll();
  return {
    images: read.images,
    partitionTables: read.tables.map(({ table }) => table),
    volumeGroups: read.groups,
    fileSystems: read.fileSystems,
    mounts,
    nodeOrder,
    flatConfig: flatConfigOf(entries),
    origin,
    warnings: faults.warnings,
  };
}

interface ReadEntries {
  readonly images: ImageSpec[];
  readonly tables: { readonly table: PartitionTableSpec; readonly place: Place }[];
  readonly groups: VolumeGroupSpec[];
  readonly fileSystems: FileSystemSpec[];
  readonly labels: { readonly name: string; readonly label: string; readonly uuid?: string; readonly place: Place }[];
  readonly mounts: ReadMount[];
  readonly fstabs: ReadFstab[];
  readonly nodes: LayoutNode[];
  readonly deviceUsers: DeviceUser[];
}

interface ReadSettings {
  readonly sectorSizeBytes: number | undefined;
  readonly faults: FaultList;
}

function readEntries(entries: readonly FlatEntry[], { sectorSizeBytes, faults }: ReadSettings): ReadEntries {
  const read: ReadEntries = {
    images: [],
    tables: [],
    groups: [],
    fileSystems: [],
    labels: [],
    mounts: [],
    fstabs: [],
    nodes: [],
    deviceUsers: [],
  };
  for (const entry of entries) {
    const { place } = entry;
    switch (entry.plugin) {
      case 'local_loop': {
        const { image, node } = readImage(entry, sectorSizeBytes, faults);
        read.images.push(image);
        read.nodes.push(node);
        break;
      }
      case 'partitioning': {
        const { table, base, nodes } = readPartitionTable(entry, faults);
        read.tables.push({ table, place });
        // The disk is judged once, by the first partition; an empty table has no node to point at it.
        const references = base === undefined ? [] : [{ word: base, kinds: ['local_loop'] as const }];
        read.nodes.push(...nodes.map((node, index) => (index === 0 ? { ...node, references } : node)));
        read.deviceUsers.push({ what: `partitioning "${table.name}"`, base: table.image, place });
        break;
      }
      case 'lvm': {
        const { groups, nodes } = readVolumeGroups(entry, faults);
        read.groups.push(...groups);
        for (const { name, type } of groups.flatMap(({ logicalVolumes }) => logicalVolumes))
          if (type === 'thin-pool') read.deviceUsers.push({ what: `thin pool "${name}"`, base: name, place });
        read.nodes.push(...nodes);
        for (const node of nodes)
          if (node.kind === 'physical volume')
            read.deviceUsers.push({
              what: `physical volume "${node.name}"`,
              base: node.references[0]?.word.text ?? '',
              place: node.place,
            });
        break;
      }
      case 'mkfs': {
        const takesRootOptions = entry.name === rootFileSystemName && valueOfKey(entry.keys, 'opts') === undefined;
        const { fileSystem, node, labelPlace } = readFileSystem(entry, takesRootOptions, faults);
        read.fileSystems.push(fileSystem);
        read.labels.push({ ...fileSystem, place: labelPlace });
        read.nodes.push(node);
        read.deviceUsers.push({ what: `mkfs "${fileSystem.name}"`, base: fileSystem.base, place });
        break;
      }
      case 'mount': {
        const mount = readMount(entry, faults);
        read.mounts.push(mount);
        read.nodes.push(mount.node);
        break;
      }
      case 'fstab': {
        const fstab = readFstab(entry, faults);
        read.fstabs.push(fstab);
        read.nodes.push(fstab.node);
        break;
      }
    }
  }
  return read;
}

function checkSectorSizes(images: readonly ImageSpec[], tables: ReadEntries['tables'], faults: FaultList): void {
  for (const { table, place } of tables) {
    const image = images.find(({ name }) => name === table.image);
    if (image === undefined) {
      // Partitions report an unknown disk themselves.
      if (table.partitions.length === 0 && table.image !== '')
        faults.fault(place, `partitioning "${table.name}" stands on "${table.image}", which is no local_loop`);
      continue;
    }
    if (table.label === 'mbr' && image.sectorSizeBytes !== 512)
      faults.fault(
        place,
        `an mbr needs sectors of 512 bytes; ${image.name} has ${image.sectorSizeBytes}`,
        'use label: gpt',
      );
    if (table.alignmentBytes % image.sectorSizeBytes !== 0)
      faults.fault(
        place,
        `align ${table.alignmentBytes} is no multiple of the sector size ${image.sectorSizeBytes} of ${image.name}`,
      );
  }
}

/** Says which settings of the command line the layout leaves without effect. */
function warnIdleSettings(
  fileSystems: readonly FileSystemSpec[],
  rootName: string | undefined,
  defaults: RootDefaults,
  faults: FaultList,
): void {
  const root = fileSystems.find(({ name }) => name === rootName);
  if (root === undefined) return;
  const place = { line: 1, column: 1 };
  // ext4 is what FS_TYPE is when nobody set it, so it is no wish that could be disappointed.
  if (defaults.rootFileSystemType !== 'ext4' && root.type !== defaults.rootFileSystemType)
    faults.warn(place, `FS_TYPE ${defaults.rootFileSystemType} has no effect: the layout makes ${root.type} at /`);
  if (
    defaults.rootLabel !== undefined &&
    defaults.rootLabel !== '' &&
    root.label.toUpperCase() !== defaults.rootLabel.toUpperCase()
  )
    faults.warn(place, `the root label "${defaults.rootLabel}" has no effect: the layout labels / "${root.label}"`);
}
