/** What a key takes, for reading, warnings and the JSON Schema. */
export interface PluginKey {
  readonly takes: 'text' | 'size' | 'absolute-size' | 'integer' | 'names' | 'options' | 'items';
  readonly isRequired?: true;
  readonly about: string;
  readonly oneOf?: readonly string[];
}

type KeyTable = Readonly<Record<string, PluginKey>>;

const base = (what: string): PluginKey => ({ takes: 'text', about: `Name of ${what}; in tree notation the parent.` });
const name = (fallback: string): PluginKey => ({ takes: 'text', about: `Name of the entry; ${fallback}.` });

/** Every key of every plugin, of partitions and of the items of `lvm`. */
export const pluginKeyTable = {
  local_loop: {
    name: { takes: 'text', isRequired: true, about: 'Name of the disk; its file is NAME.raw.' },
    size: { takes: 'absolute-size', about: 'Size of the disk; absent: fitted to the tree or --image-size.' },
    directory: { takes: 'text', about: 'Directory of the raw file; absent: the image directory of the build.' },
    block_size: { takes: 'integer', about: 'Logical sector size, 512 or 4096; DIB_BLOCK_SIZE wins.' },
    base: { takes: 'text', about: 'Ignored.' },
  },
  partitioning: {
    base: base('the disk'),
    name: name('default partitioning_BASE'),
    label: { takes: 'text', isRequired: true, oneOf: ['mbr', 'gpt'], about: 'Kind of partition table.' },
    align: { takes: 'absolute-size', about: 'Alignment of partitions, default 1MiB.' },
    partitions: { takes: 'items', isRequired: true, about: 'The partitions, in order.' },
  },
  lvm: {
    name: name('default lvm_BASE'),
    base: base('anything; used only for the default name'),
    pvs: { takes: 'items', isRequired: true, about: 'Physical volumes.' },
    vgs: { takes: 'items', isRequired: true, about: 'Volume groups.' },
    lvs: { takes: 'items', isRequired: true, about: 'Logical volumes.' },
  },
  mkfs: {
    base: base('the disk, partition or logical volume'),
    name: name('default mkfs_BASE'),
    type: { takes: 'text', about: 'ext2, ext3, ext4, xfs, btrfs, vfat, swap or another mkfs type.' },
    label: { takes: 'text', about: 'Label, default the name; upper case on vfat.' },
    opts: { takes: 'options', about: 'Options for mkfs, a text split at blanks.' },
    uuid: { takes: 'text', about: 'UUID; on vfat the volume id XXXX-XXXX.' },
  },
  mount: {
    base: base('the file system'),
    name: name('default mount_BASE'),
    mount_point: { takes: 'text', isRequired: true, about: 'Absolute path in the image; none for swap.' },
  },
  fstab: {
    base: base('the mount'),
    name: name('default fstab_BASE'),
    options: { takes: 'text', about: 'Field 4 of fstab, default defaults.' },
    'dump-freq': { takes: 'integer', about: 'Field 5 of fstab, default 0.' },
    'fsck-passno': { takes: 'integer', about: 'Field 6 of fstab, default 2; use 1 for the root.' },
  },
} as const satisfies Readonly<Record<string, KeyTable>>;

/** Keys of the items inside `partitions`, `pvs`, `vgs` and `lvs`. */
export const itemKeyTable = {
  partitions: {
    name: { takes: 'text', isRequired: true, about: 'Name of the partition; on GPT also its label.' },
    size: { takes: 'size', isRequired: true, about: 'Size, or a percentage of what is still free.' },
    flags: { takes: 'names', oneOf: ['boot', 'primary'], about: 'boot: active (MBR); primary: not logical (MBR).' },
    type: { takes: 'text', about: 'MBR: hex byte, default 83. GPT: four hex digits or a GUID, default 8300.' },
    base: { takes: 'text', about: 'Ignored; it is always the disk of the table.' },
  },
  pvs: {
    name: { takes: 'text', isRequired: true, about: 'Name of the physical volume.' },
    base: { takes: 'text', isRequired: true, about: 'Name of the partition or disk that holds it.' },
    options: { takes: 'options', about: 'Options for pvcreate, used in loop mode.' },
  },
  vgs: {
    name: { takes: 'text', isRequired: true, about: 'Name of the volume group.' },
    base: { takes: 'names', isRequired: true, about: 'Names of its physical volumes.' },
    options: { takes: 'options', about: 'Options for vgcreate, used in loop mode; the extent size is read from them.' },
  },
  lvs: {
    name: { takes: 'text', isRequired: true, about: 'Name of the logical volume.' },
    base: { takes: 'text', isRequired: true, about: 'Name of its volume group.' },
    size: { takes: 'absolute-size', about: 'Size; wins over extents.' },
    extents: { takes: 'text', about: 'Size in extents: N, N%VG, N%FREE or N%PVS.' },
    type: { takes: 'text', oneOf: ['thin', 'thin-pool'], about: 'Absent: an ordinary (linear) volume.' },
    'thin-pool': { takes: 'text', about: 'For thin volumes: name of the pool.' },
    options: { takes: 'options', about: 'Options for lvcreate, used in loop mode.' },
  },
} as const satisfies Readonly<Record<string, KeyTable>>;

export type PluginName = keyof typeof pluginKeyTable;
export type ItemListName = keyof typeof itemKeyTable;

/** Whether a word is the name of a plugin. */
export function isPluginName(word: string): word is PluginName {
  return Object.hasOwn(pluginKeyTable, word);
}

/** The keys of a plugin or of an item list, with what each takes. */
export function keysOf(what: PluginName | ItemListName): KeyTable {
  return isPluginName(what) ? pluginKeyTable[what] : itemKeyTable[what];
}

/** Lists whose items may carry nested plugins, by plugin. */
export const nestingListOfPlugin: Readonly<Partial<Record<PluginName, ItemListName>>> = {
  partitioning: 'partitions',
  lvm: 'lvs',
};
