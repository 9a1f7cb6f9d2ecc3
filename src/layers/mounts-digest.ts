import { lstat, readdir } from 'node:fs/promises';
import { digestOf, digestOfFields, digestOfFile } from '../base/digest.js';

/** More entries than this are not looked at; what is mounted there then counts as changed each time. */
const maximumEntries = 20_000;

/**
 * Digest of what is mounted at a place: the content of a file, or names, kinds, sizes and change times below a
 * directory. Undefined when there is too much of it.
 */
export async function digestOfMount(mountPoint: string): Promise<string | undefined> {
  const status = await lstat(mountPoint).catch(() => undefined);
  if (status === undefined) return digestOf('absent');
  if (status.isFile()) return digestOfFile(mountPoint);
  const fields: string[] = [];
  const visit = async (path: string): Promise<boolean> => {
    for (const name of (await readdir(path)).sort()) {
      const full = `${path}/${name}`;
      const entry = await lstat(full, { bigint: true }).catch(() => undefined);
      if (entry === undefined) continue;
      fields.push(`${full} ${entry.mode} ${entry.size} ${entry.ino} ${entry.ctimeNs}`);
      if (fields.length > maximumEntries) return false;
      if (entry.isDirectory() && !(await visit(full))) return false;
    }
    return true;
  };
  return status.isDirectory() && (await visit(mountPoint)) ? digestOfFields(fields) : undefined;
}

/** Digest of the names and sizes in the `dev` that hooks share: what is left there is in no layer. */
export async function digestOfSharedDevices(directory: string): Promise<string> {
  const fields: string[] = [];
  for (const part of ['', '/shm']) {
    for (const name of (await readdir(`${directory}${part}`).catch(() => [])).sort()) {
      const entry = await lstat(`${directory}${part}/${name}`).catch(() => undefined);
      fields.push(`${part}/${name} ${entry?.mode} ${entry?.isFile() ? entry.size : ''}`);
    }
  }
  return digestOfFields(fields);
}
