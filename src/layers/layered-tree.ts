import { chmod, chown, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { assetsDirectory } from '../base/assets.js';
import { BuildError } from '../base/build-error.js';
import type { Programs } from '../model/ports.js';

/** The overlay of the tree: layers below, changes on top. */
export interface LayeredTree {
  /** Directory of the changes since the last switch. */
  upper(): string;
  /** Whether there are any, seen from outside; a directory that was only touched may count as one. */
  hasChanges(): Promise<boolean>;
  /** Takes the overlay away; false when a process still uses it, all is as before then. */
  release(): Promise<boolean>;
  /**
   * Mounts it with other layers, bottom first, and a new directory for changes.
   *
   * @param hasAttributes whether the directory of the topmost layer has extended attributes to carry over
   */
  mount(layerTrees: readonly string[], partial: string, hasAttributes: boolean): Promise<void>;
  /** Outermost mount points below the tree. */
  mountsBelow(): Promise<readonly string[]>;
}

/** What {@link openLayeredTree} needs. */
export interface LayeredTreeOptions {
  readonly treeDirectory: string;
  /** A directory of our own outside of the tree. */
  readonly scratchDirectory: string;
  readonly programs: Programs;
  /** In a user namespace: the overlay's notes are then in `user.` attributes. */
  readonly isRootless: boolean;
  /** What the engine mounted below the tree: source and mount point, in order. */
  readonly ownMounts: () => readonly (readonly [source: string, mountPoint: string])[];
  /** Gives the outermost mount points below a directory from the text of mountinfo. */
  readonly outermostMountsBelow: (mountInfoText: string, directory: string) => readonly string[];
}

/**
 * Mount options. volatile: no sync, a build that did not end is never used. index and metacopy off: a layer must stand
 * for itself. redirect_dir where allowed: a lower directory can be renamed.
 *
 * @see kernel Documentation/filesystems/overlayfs.rst
 */
const commonOptions = 'volatile,index=off,metacopy=off';

/** Opens the tree; nothing is mounted yet. */
export async function openLayeredTree(options: LayeredTreeOptions): Promise<LayeredTree> {
  const { treeDirectory, programs } = options;
  const links = `${options.scratchDirectory}/layer-links`;
  const parking = `${options.scratchDirectory}/parked-mounts`;
  const emptyLayer = `${options.scratchDirectory}/empty-layer`;
  const mountOptions = `${commonOptions},${options.isRootless ? 'userxattr' : 'redirect_dir=on,xino=off'}`;
  await mkdir(links, { recursive: true });
  await mkdir(emptyLayer, { recursive: true, mode: 0o755 });
  const linkNames = new Map<string, string>();
  let partialDirectory = '';
  let rootBefore = emptyLayer;
  let isMounted = false;
  let parked: readonly string[] = [];
  let own: readonly (readonly [string, string])[] = [];

  const linkTo = async (directory: string): Promise<string> => {
    const known = linkNames.get(directory);
    if (known !== undefined) return known;
    const name = linkNames.size.toString(36);
    linkNames.set(directory, name);
    await symlink(directory, `${links}/${name}`);
    return name;
  };
  const mountsBelow = async (): Promise<readonly string[]> =>
    options.outermostMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), treeDirectory);

  return {
    upper: () => `${partialDirectory}/upper`,
    mountsBelow,
    async hasChanges() {
      if ((await readdir(`${partialDirectory}/upper`)).length > 0) return true;
      const [now, before] = await Promise.all([lstat(`${partialDirectory}/upper`), lstat(rootBefore)]);
      return now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid;
    },
    async release() {
      if (!isMounted) return true;
      own = options.ownMounts();
      const ownPoints = own.map(([, mountPoint]) => mountPoint);
      parked = (await mountsBelow()).filter((mountPoint) => !ownPoints.includes(mountPoint));
      const { exitStatus, stderr } = await programs.run({
        program: `${assetsDirectory}/sandbox/switch-layers`,
        arguments: ['release', treeDirectory, parking, String(own.length), ...ownPoints.toReversed(), ...parked],
      });
      if (exitStatus === 16) {
        for (const [source, mountPoint] of own)
          await programs.require({ program: 'mount', arguments: ['--rbind', source, mountPoint] });
        return false;
      }
      if (exitStatus !== 0) throw new Error(`Internal error: the layers cannot be switched: ${stderr}`);
      isMounted = false;
      return true;
    },
    async mount(layerTrees, partial, hasAttributes) {
      const names: string[] = [];
      for (const directory of layerTrees.length === 0 ? [emptyLayer] : layerTrees)
        names.unshift(await linkTo(directory));
      rootBefore = layerTrees.at(-1) ?? emptyLayer;
      const root = await lstat(rootBefore);
      await mkdir(`${partial}/work`);
      await mkdir(`${partial}/upper`);
      await chown(`${partial}/upper`, root.uid, root.gid);
      await chmod(`${partial}/upper`, root.mode & 0o7777);
      if (hasAttributes) await writeFile(`${partial}/attributes-of`, rootBefore);
      const { exitStatus, stderr } = await programs.run({
        program: `${assetsDirectory}/sandbox/switch-layers`,
        arguments: [
          'mount',
          treeDirectory,
          parking,
          links,
          names.join(':'),
          mountOptions,
          partial,
          String(own.length),
          ...own.flat(),
          ...parked,
        ],
      });
      if (exitStatus !== 0) {
        throw new BuildError({
          code: 'SANDBOX_UNAVAILABLE',
          message: `an overlay of layers cannot be mounted: ${stderr.trim()}`,
          hint: 'build with --cache=off, or choose an --image-cache on another file system (ext4, XFS, btrfs)',
        });
      }
      parked = [];
      own = [];
      partialDirectory = partial;
      isMounted = true;
    },
  };
}
