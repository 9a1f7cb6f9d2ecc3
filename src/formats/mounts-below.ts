import { readFile, realpath } from 'node:fs/promises';

/**
 * The places below a directory where something is mounted, relative to it, sorted.
 *
 * Archivers leave these out by name instead of comparing device numbers: on an overlay of two file systems the files
 * of one tree have several.
 */
export async function listMountsBelow(directory: string): Promise<readonly string[]> {
  const [text, root] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), realpath(directory)]);
  return readMountsBelow(text, root);
}

/** The same from the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5), field 5). */
export function readMountsBelow(mountinfo: string, directory: string): readonly string[] {
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  const mountPoints = mountinfo
    .split('\n')
    .map((line) => unescapeOctal(line.split(' ')[4] ?? ''))
    .filter((path) => path.startsWith(prefix) && path !== prefix);
  return [...new Set(mountPoints.map((path) => path.slice(prefix.length)))].sort();
}

/**
 * Patterns of what lies in such places, for programs that match with fnmatch(3). A `lost+found` is left out itself:
 * it belongs to a file system of the disk, not to the tree.
 */
export function contentPatterns(mountPoints: readonly string[]): readonly string[] {
  return mountPoints.map((path) => {
    const pattern = path.replace(/[\\*?[\]]/g, '\\$&');
    return path.endsWith('/lost+found') ? pattern : `${pattern}/*`;
  });
}

/** Blanks, tabs, line feeds and backslashes are written as three octal digits of each byte. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
