import type { Stats } from 'node:fs';
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
  for (const path of ['', ...directories]) {
    const now = await lstat(`${upper}${path}`);
    const before = await topmost(path, layerTrees);
    if (before === undefined || !before.isDirectory()) return false;
    if (before.mode !== now.mode || before.uid !== now.uid || before.gid !== now.gid) return false;
  }
  return directories.length === 0 || hasOnlyOverlayNotes(upper, programs);
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
  const empty = await listEmptyDirectories(upper);
  if (empty === undefined || empty.length === 0) return;
  const attributed = await listAttributed(upper, programs);
  if (attributed === undefined) return;
  // What lies in a directory that hides what was there is new, whatever the layers below have.
  const isHidden = (path: string): boolean =>
    [...attributed].some((other) => other !== upper && `${upper}${path}/`.startsWith(`${other}/`));
  for (const path of empty) {
    // getfattr writes these in octal.
    if (/[\\\n\r]/.test(path) || isHidden(path)) continue;
    const now = await lstat(`${upper}${path}`);
    const before = await topmost(path, layerTrees);
    const isSame =
      before?.isDirectory() && before.mode === now.mode && before.uid === now.uid && before.gid === now.gid;
    // One that is not empty has a directory in it that stays.
    if (isSame && (await readdir(`${upper}${path}`)).length === 0) await rmdir(`${upper}${path}`);
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

async function topmost(path: string, layerTrees: readonly string[]): Promise<Stats | undefined> {
  for (const tree of [...layerTrees].reverse()) {
    const status = await lstat(`${tree}${path}`).catch(() => undefined);
    if (status !== undefined) return status;
  }
  return undefined;
}

async function hasOnlyOverlayNotes(upper: string, programs: Programs): Promise<boolean> {
  return (await listAttributed(upper, programs))?.size === 0;
}

/**
 * Paths with attributes that count, escaped as getfattr does: an opaque directory hides what was there; any other one may
 * be a change, too. Undefined when they cannot be told.
 */
async function listAttributed(upper: string, programs: Programs): Promise<ReadonlySet<string> | undefined> {
  if (programs.find('getfattr') === undefined) return undefined;
  const { stdout, exitStatus } = await programs.run({
    program: 'getfattr',
    arguments: ['-R', '-P', '-h', '-m', '-', '--absolute-names', '--', upper],
  });
  if (exitStatus !== 0) return undefined;
  const paths = new Set<string>();
  let path = '';
  for (const line of stdout.split('\n')) {
    if (line.startsWith('# file: ')) path = line.slice('# file: '.length);
    else if (line !== '' && !/^(trusted|user)\.overlay\.(origin|impure|uuid)$/.test(line)) paths.add(path);
  }
  return paths;
}
