import { createHash } from 'node:crypto';

/** One line of the table that `assets/sandbox/digest-layer` prints. */
export interface LayerEntry {
  /** Relative to the layer; empty for the layer's own directory. */
  readonly path: string;
  /** As `find -printf %y`: f, d, l, c, b, p, s. */
  readonly kind: string;
  readonly mode: string;
  readonly userId: number;
  readonly groupId: number;
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly linkCount: number;
  readonly inode: string;
  /** Seconds with fraction, as text. */
  readonly modified: string;
  readonly linkText: string;
}

/** The entries of a table, sorted by path. */
export function parseLayerTable(text: string): readonly LayerEntry[] {
  const fields = text.split('\0');
  const entries: LayerEntry[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [kind = '', mode = '', userId, groupId, size, blocks, links, inode = ''] = (fields[at + 1] ?? '').split(' ');
    entries.push({
      path: fields[at] ?? '',
      kind,
      mode,
      userId: Number(userId),
      groupId: Number(groupId),
      sizeBytes: Number(size),
      usedBytes: Number(blocks) * 512,
      linkCount: Number(links),
      inode,
      modified: fields[at + 2] ?? '',
      linkText: fields[at + 3] ?? '',
    });
  }
  return entries.sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}

/** Digest over what must not change in a stored layer: all but sizes of directories, which are the file system's own. */
export function digestOfTable(entries: readonly LayerEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of entries) {
    const size = entry.kind === 'd' ? 0 : entry.sizeBytes;
    hash.update(
      `${entry.path}\0${entry.kind}${entry.mode} ${entry.userId} ${entry.groupId} ${size} ${entry.modified}\0${entry.linkText}\0`,
    );
  }
  return hash.digest('hex');
}
