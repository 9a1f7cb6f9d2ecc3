import type { FlatEntry } from './flatten-tree.js';
import { type PlacedPair, placedText } from './placed-value.js';

/** What the command line says about the root file system. */
export interface RootDefaults {
  /** `FS_TYPE`, default `ext4`. */
  readonly rootFileSystemType: string;
  /** `--root-label`; absent: `img-rootfs` for xfs, else `cloudimg-rootfs`. */
  readonly rootLabel?: string;
  /** Options for mkfs as one line; absent: none, and sizing the image computes them. */
  readonly rootOptions?: string;
}

/** The only name that the command line's root settings act on. */
export const rootFileSystemName = 'mkfs_root';

/** Fills `type`, `opts` and `label` of `mkfs_root` where the configuration leaves them open. */
export function mergeRootParameters(entries: readonly FlatEntry[], defaults: RootDefaults): readonly FlatEntry[] {
  return entries.map((entry) => {
    if (entry.plugin !== 'mkfs' || entry.name !== rootFileSystemName) return entry;
    const pairs = [...entry.keys.pairs];
    fill(pairs, entry, 'type', defaults.rootFileSystemType);
    if (defaults.rootOptions !== undefined && defaults.rootOptions.trim() !== '')
      fill(pairs, entry, 'opts', defaults.rootOptions);
    const type = textOf(pairs, 'type');
    fill(pairs, entry, 'label', defaults.rootLabel || (type === 'xfs' ? 'img-rootfs' : 'cloudimg-rootfs'));
    return { ...entry, keys: { ...entry.keys, pairs } };
  });
}

function fill(pairs: PlacedPair[], entry: FlatEntry, key: string, text: string): void {
  const at = pairs.findIndex((pair) => pair.key === key);
  const pair: PlacedPair = { key, keyPlace: entry.place, value: placedText(text, entry.place) };
  if (at < 0) pairs.push(pair);
  else if (pairs[at]?.value.kind === 'null') pairs[at] = pair;
}

function textOf(pairs: readonly PlacedPair[], key: string): string | undefined {
  const value = pairs.find((pair) => pair.key === key)?.value;
  return value?.kind === 'text' ? value.text : undefined;
}
