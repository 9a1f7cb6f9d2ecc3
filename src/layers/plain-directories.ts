import { lstat, readdir, rmdir } from 'node:fs/promises';
import type { Programs } from '../model/ports.js';

/** More directories than this are not compared. */
const maximumDirectories = 50;

/** Among more entries than this no directories are looked for. */
const maximumEntries = 500;

/**
 * Whether changes are none: only directories that the layers below have with the same owner, mode and attributes, as
 * the overlay copies them up when a file in them comes and goes.
 *
 * @param layerTrees bottom first
 */
export async function changesNothing(
  upper: string,
  layerTrees: readonly string[],
  programs: Programs,
): Promise<boolean> {
  const directories: string[] = [];
  const visit = async (path: string): Promise<boolean> => {
    for (const entry of await readdir(`${upper}${path}`, { withFileTypes: true })) {
      if (!entry.isDirectory() || directories.length >= maximumDirectories) return false;
      directories.push(`${path}/${entry.name}`);
      if (!(await visit(`${path}/${entry.name}`))) return false;
    }
    return true;
  };
  if (!(await visit(''))) return false;
  const below: string[] = [];
  for (const path of ['', ...directories]) {
    const same = await findSame(path, upper, layerTrees);
    if (same === undefined) return false;
    if (path !== '') below.push(same);
  }
  if (directories.length === 0) return true;
  const [now, before] = [await listAttributed(upper, programs), await listAttributed(below, programs)];
  return now?.size === 0 && before?.size === 0;
}

/**
 * Removes from the changes what says nothing: directories without content that the layers below have just so. Whether
 * the overlay has copied one up depends on who made a temporary file, which the layer should not.
 *
 * Nothing happens where there are many changes: those come of hooks that do the same each time.
 *
 * @param upper of an overlay that is not mounted
 * @param layerTrees bottom first
 */
export async function removePlainDirectories(
  upper: string,
  layerTrees: readonly string[],
  programs: Programs,
): Promise<void> {
  const same = new Map<string, string>();
  for (const path of (await listEmptyDirectories(upper)) ?? []) {
    // getfattr writes these in octal.
    const below = /[\\\n\r]/.test(path) ? undefined : await findSame(path, upper, layerTrees);
    if (below !== undefined) same.set(path, below);
  }
  if (same.size === 0) return;
  const [now, before] = [await listAttributed(upper, programs), await listAttributed([...same.values()], programs)];
  if (now === undefined || before === undefined) return;
  now.delete(upper);
  for (const [path, below] of same) {
    // What lies in a directory that hides what was there is new, whatever the layers below have.
    const isHidden = [...now].some((other) => `${upper}${path}/`.startsWith(`${other}/`));
    if (isHidden || before.has(below)) continue;
    // One that is not empty has a directory in it that stays.
    if ((await readdir(`${upper}${path}`)).length === 0) await rmdir(`${upper}${path}`);
  }
}

/** Directories with nothing but directories in them, those inside first; undefined when there are many entries. */
async function listEmptyDirectories(upper: string): Promise<readonly string[] | undefined> {
  const empty: string[] = [];
  let count = 0;
  const visit = async (path: string): Promise<boolean> => {
    let isEmpty = true;
    for (const entry of await readdir(`${upper}${path}`, { withFileTypes: true })) {
      count += 1;
      if (count > maximumEntries) return false;
      if (!entry.isDirectory() || !(await visit(`${path}/${entry.name}`))) isEmpty = false;
    }
    if (isEmpty && path !== '') empty.push(path);
    return isEmpty;
  };
  await visit('');
  return count > maximumEntries ? undefined : empty;
}

/** The path of the topmost directory below with the same owner and mode; undefined when another thing is topmost. */
async function findSame(path: string, upper: string, layerTrees: readonly string[]): Promise<string | undefined> {
  const now = await lstat(`${upper}${path}`);
  for (const tree of [...layerTrees].reverse()) {
    const before = await lstat(`${tree}${path}`).catch(() => undefined);
    if (before === undefined) continue;
    const isSame = before.isDirectory() && before.mode === now.mode && before.uid === now.uid && before.gid === now.gid;
    return isSame ? `${tree}${path}` : undefined;
  }
  return undefined;
}

/**
 * Paths with attributes that count, escaped as getfattr does: of a directory of changes with all that is in it, where an
 * opaque one hides what was there, or of directories of layers. Undefined when they cannot be told.
 */
async function listAttributed(where: string | readonly string[], programs: Programs): Promise<Set<string> | undefined> {
  if (programs.find('getfattr') === undefined) return undefined;
  const isUpper = typeof where === 'string';
  const notes = isUpper ? /^(trusted|user)\.overlay\.(origin|impure|uuid)$/ : /^(trusted|user)\.overlay\./;
  const { stdout, exitStatus } = await programs.run({
    program: 'getfattr',
    arguments: [...(isUpper ? ['-R', '-P'] : []), '-h', '-m', '-', '--absolute-names', '--', ...[where].flat()],
  });
  if (exitStatus !== 0) return undefined;
  const paths = new Set<string>();
  let path = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('# file: ')) path = line.slice('# file: '.length);
    else if (line !== '' && !notes.test(line)) paths.add(path);
  }
  return paths;
}
