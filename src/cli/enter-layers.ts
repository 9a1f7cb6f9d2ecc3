import { lstat, readFile } from 'node:fs/promises';
import { assetsDirectory } from '../base/assets.js';
import { BuildError, hasErrorCode, throwFaults } from '../base/build-error.js';
import { gibibyte } from '../base/units.js';
import { leaseLayers } from '../layers/lease-layers.js';
import type { Command, CommandResult, Ports } from '../model/ports.js';
import { openLocks } from '../process/open-locks.js';
import { chooseWorkspace } from '../sandbox/choose-workspace.js';
import { findSandboxFaults } from '../sandbox/host-abilities.js';
import { namespaceCommand } from '../sandbox/namespace-command.js';
import { pathDirectoriesOf } from './search-path.js';
import type { World } from './world.js';

/** What {@link enterLayers} needs. */
export interface EnterLayersOptions {
  readonly world: World;
  readonly ports: Ports;
  readonly storeDirectory: string;
  /** The tree, bottom first. */
  readonly layerIds: readonly string[];
  /** Changes on top of them, a directory relative to the store. */
  readonly failedDirectory?: string;
  /** `shell`: in a chroot as in a build, with our terminal. `look`: outside, in the directory that is the tree. */
  readonly mode: 'shell' | 'look';
  /** None: a shell. */
  readonly command: readonly string[];
  readonly environment?: Command['environment'];
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

/** Where a chroot looks for programs and what it takes for home. */
export const shellEnvironment: Readonly<Record<string, string>> = {
  HOME: '/root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

/** The directories of a tree's layers, bottom first. */
export function layerDirectories(
  options: Pick<EnterLayersOptions, 'storeDirectory' | 'layerIds' | 'failedDirectory'>,
): readonly string[] {
  const { storeDirectory, layerIds, failedDirectory } = options;
  return [
    ...layerIds.map((id) => `${storeDirectory}/layers/${id}/tree`),
    ...(failedDirectory === undefined ? [] : [`${storeDirectory}/${failedDirectory}/upper`]),
  ];
}

/**
 * Runs a command in a tree made of layers, in a namespace as builds have; changes to the tree are forgotten. Layers are
 * leased meanwhile, so that no build removes them.
 *
 * @throws BuildError `LAYERS_GONE` when some are no longer in the store, `SANDBOX_UNAVAILABLE`
 */
export async function enterLayers(options: EnterLayersOptions): Promise<CommandResult> {
  const { world, ports, storeDirectory, layerIds } = options;
  const isRoot = world.userId === 0;
  throwFaults([...(await findSandboxFaults({ userId: world.userId, userName: world.userName }, ports.programs))]);
  const locks = openLocks({ pathDirectories: pathDirectoriesOf(world.environment) });
  try {
    const release = await leaseLayers({ storeDirectory, layerIds, locks });
    try {
      const directories = layerDirectories(options);
      await throwIfGone(directories);
      const choice = chooseWorkspace({
        memoryText: await readFile('/proc/meminfo', 'utf8').catch(() => undefined),
        isTmpfsRefused: false,
        minimumTmpfsGib: 0,
        temporaryDirectory: '/tmp',
      });
      const inside = namespaceCommand({
        isRoot,
        workspaceArgument: `tmpfs:${choice.kind === 'tmpfs' ? choice.sizeBytes : gibibyte}`,
        command: [
          'bash',
          `${assetsDirectory}/sandbox/enter-layers`,
          options.mode,
          isRoot ? 'index=off,metacopy=off,redirect_dir=on,xino=off' : 'index=off,metacopy=off,userxattr',
          String(directories.length),
          ...directories,
          ...options.command,
        ],
      });
      return await ports.programs.run({
        ...inside,
        ...(options.environment === undefined ? {} : { environment: options.environment }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        isInteractive: options.mode === 'shell',
      });
    } finally {
      await release();
    }
  } finally {
    locks.close();
  }
}

async function throwIfGone(directories: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const directory of directories) if (!(await isThere(directory))) missing.push(directory);
  if (missing.length === 0) return;
  throw new BuildError({
    code: 'LAYERS_GONE',
    message: [`${missing.length} of ${directories.length} layers are no longer in the store:`, ...missing].join('\n  '),
    hint: 'build the image again; --limit of dib layers gc and DIB_CACHE_MAX_GIB say how much is kept, failed trees are kept for three days',
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
