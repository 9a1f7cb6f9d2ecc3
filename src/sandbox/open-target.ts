import { lstat, mkdir, readdir, readFile, readlink, rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetsDirectory } from '../base/assets.js';
import { hasErrorCode } from '../base/build-error.js';
import type { Ports } from '../model/ports.js';
import type { Target } from '../model/step-context.js';
import { stagingInTarget, type Workspace } from '../model/workspace.js';
import { outermostMountsBelow } from './mount-table.js';

/** How long processes left by hooks may take to end after SIGTERM. */
const leftoverGraceMs = 2000;

/** How the tree is opened. */
export interface OpenTargetOptions {
  /**
   * Reads of the staging directory are seen by access times, which a read-only mount does not keep; whoever watches
   * undoes writes there. Its directory stays in the tree, as coming and going would change the tree at each phase.
   */
  readonly isStagingWatched?: boolean;
}

/**
 * Opens the tree as a place to run programs in: mounts, chroot, and an end to what hooks left running.
 *
 * Runs inside the build's namespace; whatever it mounts is gone with it.
 */
export async function openTarget(workspace: Workspace, ports: Ports, options: OpenTargetOptions = {}): Promise<Target> {
  const { treeDirectory, kernelDirectory, stagingDirectory } = workspace;
  const { programs } = ports;
  await programs.require({
    program: `${assetsDirectory}/sandbox/make-kernel-filesystems`,
    arguments: [kernelDirectory],
  });
  let hasKernelFileSystems = false;
  let hasStaging = false;
  const covered = new Map<string, string>();
  let kept: readonly string[] = [];
  const stagingMountPoint = `${treeDirectory}${stagingInTarget}`;

  const unmount = async (mountPoints: readonly string[]): Promise<void> => {
    if (mountPoints.length > 0) await programs.require({ program: 'umount', arguments: ['-l', '--', ...mountPoints] });
  };

  return {
    treeDirectory,
    chrootPrefix: [programs.find('chroot') ?? 'chroot', treeDirectory],
    async attachKernelFileSystems() {
      if (hasKernelFileSystems) return;
      hasKernelFileSystems = true;
      for (const name of ['proc', 'sys', 'dev']) {
        await mkdir(`${treeDirectory}/${name}`, { recursive: true });
        await programs.require({
          program: 'mount',
          arguments: ['--rbind', `${kernelDirectory}/${name}`, `${treeDirectory}/${name}`],
        });
      }
    },
    async attachStaging() {
      if (hasStaging) return;
      hasStaging = true;
      await mkdir(stagingMountPoint, { recursive: true });
      await programs.require({ program: 'mount', arguments: ['--bind', stagingDirectory, stagingMountPoint] });
      if (options.isStagingWatched === true) return;
      await programs.require({ program: 'mount', arguments: ['-o', 'remount,bind,ro', stagingMountPoint] });
    },
    async detachStaging() {
      if (!hasStaging) return;
      hasStaging = false;
      await unmount([stagingMountPoint]);
      if (options.isStagingWatched !== true) await rmdir(stagingMountPoint);
    },
    async coverFile(pathInTree, coverPath) {
      const path = `${treeDirectory}${pathInTree}`;
      if (covered.has(path)) return true;
      if (!(await isRegularFile(path))) return false;
      covered.set(path, coverPath);
      await programs.require({ program: 'mount', arguments: ['--bind', coverPath, path] });
      return true;
    },
    async unmountAll() {
      const mountPoints = outermostMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), treeDirectory, kept);
      await unmount(mountPoints);
      hasKernelFileSystems = false;
      covered.clear();
      if (hasStaging) await rmdir(stagingMountPoint);
      hasStaging = false;
    },
    ownMounts: () => [
      ...(hasKernelFileSystems
        ? ['proc', 'sys', 'dev'].map((name) => [`${kernelDirectory}/${name}`, `${treeDirectory}/${name}`] as const)
        : []),
      ...(hasStaging ? [[stagingDirectory, stagingMountPoint] as const] : []),
      ...[...covered].map(([path, coverPath]) => [coverPath, path] as const),
    ],
    keepMounted(mountPoints) {
      kept = mountPoints;
    },
    async endLeftovers() {
      const leftovers = await findProcessesIn(treeDirectory);
      for (const { pid } of leftovers) sendSignal(pid, 'SIGTERM');
      for (
        let waitedMs = 0;
        waitedMs < leftoverGraceMs && (await findProcessesIn(treeDirectory)).length > 0;
        waitedMs += 50
      )
        await sleep(50);
      for (const { pid } of await findProcessesIn(treeDirectory)) sendSignal(pid, 'SIGKILL');
      return leftovers.map((leftover) => leftover.name);
    },
  };
}

async function isRegularFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

async function findProcessesIn(directory: string): Promise<readonly { readonly pid: number; readonly name: string }[]> {
  const found: { readonly pid: number; readonly name: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const root = await readlink(`/proc/${entry}/root`);
      if (root !== directory && !root.startsWith(`${directory}/`)) continue;
      found.push({ pid: Number(entry), name: (await readFile(`/proc/${entry}/comm`, 'utf8')).trim() });
    } catch (error) {
      // The process ended meanwhile, or is a zombie without a root.
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ESRCH') && !hasErrorCode(error, 'EACCES'))
        throw error;
    }
  }
  return found;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
