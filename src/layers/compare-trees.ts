/** What is known of one entry of a tree. */
export interface TreeEntry {
  /** As `find -printf %y`: f, d, l, … */
  readonly kind: string;
  readonly mode: string;
  /** `USER:GROUP` as numbers. */
  readonly owner: string;
  readonly sizeBytes: number;
  /** Inode and times of the file in the store: the same ones have the same content. */
  readonly identity: string;
  readonly linkText: string;
}

/** A way in which two trees differ. */
export interface TreeChange {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What changed: `content`, `mode 644 → 600`, …; empty unless changed. */
  readonly what: readonly string[];
  /** After minus before, of regular files. */
  readonly growthBytes: number;
}

/** What `find` must be told so that {@link parseTreeEntries} can read its output. */
export const treeEntryFormat = '%P\\0%y %m %U:%G %s %i:%T@:%C@\\0%l\\0';

/** How many fields {@link treeEntryFormat} has for an entry. */
export const treeEntryFieldCount = 3;

/** The entries of a tree by path; its own directory is the empty path. */
export function parseTreeEntries(fields: readonly string[]): ReadonlyMap<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at + 2 < fields.length; at += treeEntryFieldCount) {
    const [kind = '', mode = '', owner = '', size, identity = ''] = (fields[at + 1] ?? '').split(' ');
    entries.set(fields[at] ?? '', {
      kind,
      mode,
      owner,
      sizeBytes: Number(size),
      identity,
      linkText: fields[at + 2] ?? '',
    });
  }
  return entries;
}

/** Regular files of one size in both trees that lie on different files: only their content tells whether they differ. */
export function filesToRead(
  before: ReadonlyMap<string, TreeEntry>,
  after: ReadonlyMap<string, TreeEntry>,
): readonly string[] {
  const paths: string[] = [];
  for (const [path, entry] of before) {
    const other = after.get(path);
    if (other?.kind !== 'f' || entry.kind !== 'f') continue;
    if (entry.sizeBytes === other.sizeBytes && entry.identity !== other.identity) paths.push(path);
  }
  return paths;
}

/**
 * Compares two trees; times do not count.
 *
 * @param digests of the content of {@link filesToRead}, by path
 */
export function compareTrees(
  before: ReadonlyMap<string, TreeEntry>,
  after: ReadonlyMap<string, TreeEntry>,
  digests: { readonly before: ReadonlyMap<string, string>; readonly after: ReadonlyMap<string, string> },
): readonly TreeChange[] {
  const changes: TreeChange[] = [];
  const sizeOf = (entry: TreeEntry | undefined): number => (entry?.kind === 'f' ? entry.sizeBytes : 0);
  for (const [path, entry] of before) {
    const other = after.get(path);
    if (other === undefined) {
      changes.push({ path, kind: 'removed', what: [], growthBytes: -sizeOf(entry) });
      continue;
    }
    const what: string[] = [];
    if (entry.kind !== other.kind) what.push(`${nameKind(entry.kind)} → ${nameKind(other.kind)}`);
    else if (entry.kind === 'l' && entry.linkText !== other.linkText)
      what.push(`link ${entry.linkText} → ${other.linkText}`);
    else if (entry.kind === 'f' && entry.identity !== other.identity) {
      const isSame =
        entry.sizeBytes === other.sizeBytes &&
        digests.before.get(path) !== undefined &&
        digests.before.get(path) === digests.after.get(path);
      if (!isSame) what.push('content');
    }
    if (entry.mode !== other.mode && entry.kind !== 'l') what.push(`mode ${entry.mode} → ${other.mode}`);
    if (entry.owner !== other.owner) what.push(`owner ${entry.owner} → ${other.owner}`);
    if (what.length > 0) changes.push({ path, kind: 'changed', what, growthBytes: sizeOf(other) - sizeOf(entry) });
  }
  for (const [path, entry] of after)
    if (!before.has(path)) changes.push({ path, kind: 'added', what: [], growthBytes: sizeOf(entry) });
  return changes.sort((left, right) => (left.path < right.path ? -1 : 1));
}

const kindNames: Readonly<Record<string, string>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  c: 'device',
  b: 'device',
  p: 'pipe',
  s: 'socket',
};

function nameKind(kind: string): string {
  return kindNames[kind] ?? kind;
}
