import { formatBytes } from '../base/units.js';

/** One line of a table of sizes. */
export interface SizeRow {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Where the space of a tree goes. */
export interface ImageSize {
  readonly image: string;
  readonly totalBytes: number;
  readonly fileCount: number;
  /** What layers added, by the elements whose hooks made them. */
  readonly elements: readonly SizeRow[];
  /** As packages say themselves. */
  readonly packages: readonly SizeRow[];
  /** Directories of the first two levels; what is in one counts for its parent too. */
  readonly directories: readonly SizeRow[];
}

/**
 * Sizes of directories from the output of `find -printf '%b %n %D:%i %P\0'`: blocks of 512 bytes, each inode once.
 */
export function measureDirectories(text: string): Pick<ImageSize, 'totalBytes' | 'fileCount' | 'directories'> {
  const sizes = new Map<string, number>();
  const counted = new Set<string>();
  let totalBytes = 0;
  let fileCount = 0;
  for (const entry of text.split('\0')) {
    const match = /^(\d+) (\d+) (\S+) (.*)$/s.exec(entry);
    if (match === null) continue;
    const [, blocks, links, inode = '', path = ''] = match;
    fileCount += 1;
    if (Number(links) > 1) {
      if (counted.has(inode)) continue;
      counted.add(inode);
    }
    const sizeBytes = Number(blocks) * 512;
    totalBytes += sizeBytes;
    const parts = path.split('/');
    for (const depth of [1, 2]) {
      if (parts.length <= depth) break;
      const directory = `/${parts.slice(0, depth).join('/')}`;
      sizes.set(directory, (sizes.get(directory) ?? 0) + sizeBytes);
    }
  }
  return { totalBytes, fileCount, directories: largestFirst(sizes) };
}

/** Installed packages from the text of a dpkg status file. @see deb-control(5): Installed-Size in KiB; dpkg(1): status */
export function parsePackageSizes(statusText: string): readonly SizeRow[] {
  const sizes = new Map<string, number>();
  for (const stanza of statusText.split(/\n\n+/)) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const name = field('Package');
    if (name === undefined || field('Status')?.endsWith(' installed') !== true) continue;
    sizes.set(name, (sizes.get(name) ?? 0) + Number(field('Installed-Size') ?? 0) * 1024);
  }
  return largestFirst(sizes);
}

/** Rows with the same name added up, largest first. */
export function addUp(rows: readonly SizeRow[]): readonly SizeRow[] {
  const sizes = new Map<string, number>();
  for (const { name, sizeBytes } of rows) sizes.set(name, (sizes.get(name) ?? 0) + sizeBytes);
  return largestFirst(sizes);
}

/** Three tables. @param rowLimit rows of each; the rest is one line */
export function formatImageSize(size: ImageSize, rowLimit: number): string {
  const lines = [`${size.image}: ${formatBytes(size.totalBytes)} in ${size.fileCount} entries`];
  const tables: readonly (readonly [title: string, rows: readonly SizeRow[]])[] = [
    ['By element (what its layers added)', size.elements],
    ['By package (as it says itself)', size.packages],
    ['By directory', size.directories],
  ];
  for (const [title, rows] of tables) {
    lines.push('', title);
    if (rows.length === 0) lines.push('  nothing is known');
    for (const row of rows.slice(0, rowLimit)) lines.push(`  ${formatBytes(row.sizeBytes).padStart(10)}  ${row.name}`);
    if (rows.length > rowLimit) lines.push(`              and ${rows.length - rowLimit} more`);
  }
  return `${lines.join('\n')}\n`;
}

function largestFirst(sizes: ReadonlyMap<string, number>): readonly SizeRow[] {
  return [...sizes]
    .map(([name, sizeBytes]) => ({ name, sizeBytes }))
    .sort((left, right) => right.sizeBytes - left.sizeBytes || (left.name < right.name ? -1 : 1));
}
