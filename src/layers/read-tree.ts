import { parseTreeEntries, type TreeEntry, treeEntryFieldCount, treeEntryFormat } from './compare-trees.js';

/** What a tree of layers holds, and which layer each path is from. */
export interface ReadTree {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Index of the topmost layer that has something of the path, bottom first; only those that were looked at. */
  readonly layerOf: ReadonlyMap<string, number>;
  /** dpkg's list of packages as text; empty where there is none. */
  readonly packageStatus: string;
}

/**
 * The command that prints a tree, for {@link parseReadTree}; run in the tree.
 *
 * @param layers directories whose paths are wanted one by one, bottom first
 */
export function readTreeCommand(layers: readonly string[]): readonly string[] {
  const script = `find . -printf '${treeEntryFormat}'
printf '/\\0'
for layer in "$@"; do
    find "$layer" -mindepth 1 -printf '%P\\0'
    printf '/\\0'
done
if [ -f var/lib/dpkg/status ]; then cat var/lib/dpkg/status; fi`;
  return ['bash', '-euc', script, 'read-tree', ...layers];
}

/** The command that prints a digest and a path for each file, for {@link parseDigests}; run in the tree. */
export function readDigestsCommand(paths: readonly string[]): readonly string[] {
  return ['sha256sum', '--zero', '--', ...paths.map((path) => `./${path}`)];
}

/** Reads what {@link readTreeCommand} printed. @param layerIndices of the layers that it was given */
export function parseReadTree(text: string, layerIndices: readonly number[]): ReadTree {
  const fields = text.split('\0');
  // No path begins with a slash here: alone, it is the end of a list.
  let at = 0;
  while (at < fields.length && fields[at] !== '/') at += treeEntryFieldCount;
  const entries = parseTreeEntries(fields.slice(0, at));
  at += 1;
  const layerOf = new Map<string, number>();
  for (const index of layerIndices) {
    for (; at < fields.length && fields[at] !== '/'; at += 1) layerOf.set(fields[at] ?? '', index);
    at += 1;
  }
  return { entries, layerOf, packageStatus: fields.slice(at).join('\0') };
}

/** Path → digest from the output of {@link readDigestsCommand}. */
export function parseDigests(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\0').flatMap((line) => {
      const match = /^([0-9a-f]{64}) [ *]\.\/(.*)$/s.exec(line);
      return match === null ? [] : [[match[2] ?? '', match[1] ?? ''] as const];
    }),
  );
}
