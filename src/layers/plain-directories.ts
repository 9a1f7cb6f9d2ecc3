import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { Programs } from '../model/ports.js';

/** More directories than this are not compared. */
const maximumDirectories = 50;

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

async function topmost(path: string, layerTrees: readonly string[]): Promise<Stats | undefined> {
  for (const tree of [...layerTrees].reverse()) {
    const status = await lstat(`${tree}${path}`).catch(() => undefined);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** An opaque directory hides what was there; any other attribute may be a change. */
async function hasOnlyOverlayNotes(upper: string, programs: Programs): Promise<boolean> {
  if (programs.find('getfattr') === undefined) return false;
  const { stdout, exitStatus } = await programs.run({
    program: 'getfattr',
    arguments: ['-R', '-P', '-h', '-m', '-', '--absolute-names', '--', upper],
  });
  return (
    exitStatus === 0 &&
    stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# file: '))
      .every((name) => /^(trusted|user)\.overlay\.(origin|impure|uuid)$/.test(name))
  );
}
