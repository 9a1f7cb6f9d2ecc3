/** How long a label may be. */
interface LabelLimit {
  readonly count: number;
  readonly unit: 'bytes' | 'UTF-16 units';
}

/**
 * Limits of the on-disk formats. swap has 16 bytes with a closing NUL (mkswap cuts); btrfs 256 with one;
 * f2fs and exfat count UTF-16 units.
 */
const limitOfType: Readonly<Record<string, LabelLimit>> = {
  ext2: { count: 16, unit: 'bytes' },
  ext3: { count: 16, unit: 'bytes' },
  ext4: { count: 16, unit: 'bytes' },
  xfs: { count: 12, unit: 'bytes' },
  vfat: { count: 11, unit: 'bytes' },
  swap: { count: 15, unit: 'bytes' },
  btrfs: { count: 255, unit: 'bytes' },
  exfat: { count: 11, unit: 'UTF-16 units' },
  f2fs: { count: 512, unit: 'UTF-16 units' },
  ntfs: { count: 128, unit: 'UTF-16 units' },
};

/** Why a file system of the type cannot carry the label, as the end of a sentence, or undefined. */
export function labelFault(type: string, label: string): string | undefined {
  const limit = Object.hasOwn(limitOfType, type) ? limitOfType[type] : undefined;
  if (limit === undefined) return undefined;
  const length = limit.unit === 'bytes' ? Buffer.byteLength(label) : label.length;
  if (length > limit.count) return `is ${length} ${limit.unit} long; ${type} holds ${limit.count}`;
  if (type !== 'vfat') return undefined;
  // Microsoft FAT specification 1.03 §6.1, as mkfs.fat enforces it.
  const refused = /[*?.,;:/\\|+=<>[\]"]|[^\x20-\x7e]/.exec(label)?.[0];
  return refused === undefined ? undefined : `contains ${JSON.stringify(refused)}, which ${type} does not take`;
}
