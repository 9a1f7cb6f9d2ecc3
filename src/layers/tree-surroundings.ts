import { readFile } from 'node:fs/promises';
import type { Workspace } from '../model/workspace.js';
import type { LayeredTree } from './layered-tree.js';
import { digestOfMount, digestOfSharedDevices } from './mounts-digest.js';

/** What hooks in the tree see and may change, and no layer holds. */
export interface TreeSurroundings {
  /** Digests of what others mounted below the tree, by place in it; undefined when it is too much to look at. */
  readonly mounts: Readonly<Record<string, string>> | undefined;
  /** Mount points below the tree, the engine's own aside. */
  readonly mountPoints: string;
  /** Digest of the device directory that all hooks share. */
  readonly devices: string;
}

/** What {@link readSurroundings} needs. */
export interface SurroundingsOptions {
  readonly workspace: Pick<Workspace, 'treeDirectory' | 'kernelDirectory'>;
  readonly tree: Pick<LayeredTree, 'mountsBelow'>;
  /** Mount points that the engine itself made below the tree. */
  readonly ownMounts: () => readonly (readonly [source: string, mountPoint: string])[];
  /** Places in the tree on which caches are mounted whose content nobody depends on. */
  readonly cacheMounts: readonly string[];
}

/** The surroundings of the tree as they are now. */
export async function readSurroundings(options: SurroundingsOptions): Promise<TreeSurroundings> {
  return {
    mounts: await readForeignMounts(options),
    mountPoints: await readMountPoints(options),
    devices: await digestOfSharedDevices(`${options.workspace.kernelDirectory}/dev`),
  };
}

/** What hooks have changed beside the tree; none when the surroundings are as they were. */
export function describeSurroundingChanges(before: TreeSurroundings, now: TreeSurroundings): readonly string[] {
  const changes: string[] = [];
  if (now.mountPoints !== before.mountPoints) changes.push('it changed what is mounted');
  else if (JSON.stringify(now.mounts) !== JSON.stringify(before.mounts))
    changes.push('it changed what is mounted below the tree');
  if (now.devices !== before.devices) changes.push('it left something in /dev');
  return changes;
}

/** The part of {@link TreeSurroundings} that a hook can read. */
export async function readForeignMounts(options: SurroundingsOptions): Promise<TreeSurroundings['mounts']> {
  const own = new Set(options.ownMounts().map(([, mountPoint]) => mountPoint));
  const mounts: Record<string, string> = {};
  for (const mountPoint of new Set(await options.tree.mountsBelow())) {
    const inTree = mountPoint.slice(options.workspace.treeDirectory.length);
    if (own.has(mountPoint) || options.cacheMounts.includes(inTree)) continue;
    const digest = await digestOfMount(mountPoint);
    if (digest === undefined) return undefined;
    mounts[inTree] = digest;
  }
  return mounts;
}

async function readMountPoints(options: SurroundingsOptions): Promise<string> {
  const own = options.ownMounts().map(([, mountPoint]) => mountPoint);
  return (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${options.workspace.treeDirectory}/`))
    .filter((path) => !own.some((mine) => path === mine || path.startsWith(`${mine}/`)))
    .join('\n');
}
