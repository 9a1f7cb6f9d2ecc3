import { mkdir, readdir, readFile, rm, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { assetsDirectory } from '../base/assets.js';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import { digestOfFields, digestOfFile } from '../base/digest.js';
import { gibibyte } from '../base/units.js';
import { readBuildDecisions, readBuildTraces, saveBuildDecisions, saveBuildTraces } from '../layers/build-decisions.js';
import { collectGarbage, defaultLimitGib, failedTreeDays, textDays } from '../layers/collect-garbage.js';
import type { JobSlot } from '../layers/job-slot.js';
import { openKeptTexts } from '../layers/kept-texts.js';
import { type LayerStore, openLayerStore } from '../layers/layer-store.js';
import { openLayeredTree } from '../layers/layered-tree.js';
import { type OpenLayers, openLayers } from '../layers/open-layers.js';
import { openReleaseFiles } from '../layers/release-file.js';
import { openStagingWatch } from '../layers/staging-watch.js';
import { removeStaleLeases } from '../layers/stale-leases.js';
import type { Ports } from '../model/ports.js';
import type { SandboxMessage } from '../model/sandbox-message.js';
import type { Target } from '../model/step-context.js';
import { workspace } from '../model/workspace.js';
import { openLocks } from '../process/open-locks.js';
import { outermostMountsBelow } from '../sandbox/mount-table.js';
import { readDeclarations, resolveDeclared, runDeclared } from './declared-inputs.js';
import { openIdentities } from './open-ports.js';

/** Layers of a build, with what must be closed after it. */
export interface TreeLayersOfBuild {
  readonly layers: OpenLayers;
  readonly store: LayerStore;
  /** Keeps what was decided, and lets go of the layers. */
  close(outcome: 'done' | 'failed'): Promise<void>;
}

/** What takes less than this together shares a layer: about ten times what a layer costs. */
const defaultMergeBelowMs = 300;
const defaultMaximumAgeHours = 24;

/** How many files the staging directory may have. */
const stagingInodes = 1_000_000;

/**
 * Makes the tree an overlay of layers, or gives undefined with a warning where the store cannot
 * be used: it cannot be written, or its file system cannot hold layers.
 *
 * @param target is asked later, when it is open: what the engine mounted itself
 */
export async function openTreeLayers(
  message: SandboxMessage,
  ports: Ports,
  target: () => Target | undefined,
  slot?: JobSlot,
): Promise<TreeLayersOfBuild | undefined> {
  try {
    return await openStoreAndTree(message, ports, target, slot);
  } catch (error) {
    const reason = reasonOfStore(error);
    if (reason === undefined) throw error;
    ports.emit({ kind: 'message', level: 'warning', text: `nothing is cached: ${reason}` });
    const { exitStatus } = await ports.programs.run({
      program: 'umount',
      arguments: ['-l', quietDirectory, workspace.stagingDirectory, workspace.layersDirectory],
    });
    if (exitStatus !== 0) ports.emit({ kind: 'message', level: 'debug', text: 'the store was not mounted' });
    return undefined;
  }
}

/** Where the staging directory is seen without a trace. */
const quietDirectory = `${workspace.scratchDirectory}/staging-unseen`;

/** Why a store cannot be used, where that is no fault of this program; undefined else. */
function reasonOfStore(error: unknown): string | undefined {
  const isOfSystem = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'EIO'].some((code) =>
    hasErrorCode(error, code),
  );
  if (isOfSystem) return `the store cannot be written: ${(error as Error).message}`;
  if (error instanceof BuildError && ['SANDBOX_UNAVAILABLE', 'SPACE_MISSING', 'COMMAND_FAILED'].includes(error.code))
    return `${error.message}; --image-cache can be on another file system (ext4, XFS, btrfs)`;
  return undefined;
}

async function openStoreAndTree(
  message: SandboxMessage,
  ports: Ports,
  target: () => Target | undefined,
  slot?: JobSlot,
): Promise<TreeLayersOfBuild | undefined> {
  const { request, elementSet, environment } = message.plan;
  const { cacheMode } = request;
  const startedMs = ports.clock.nowMs();
  if (cacheMode === 'off') return undefined;
  const userNamespace = await readUserNamespace();
  const { isRootless } = userNamespace;
  const storeDirectory = `${request.cacheDirectory}/layers/${isRootless ? `user-${userNamespace.userId}` : 'root'}`;
  await mkdir(dirname(storeDirectory), { recursive: true });
  await mkdir(storeDirectory, { recursive: true, mode: 0o700 });
  for (const directory of [
    workspace.treeDirectory,
    workspace.stagingDirectory,
    workspace.scratchDirectory,
    workspace.layersDirectory,
  ])
    await mkdir(directory, { recursive: true, mode: 0o755 });
  await mkdir(quietDirectory, { recursive: true });
  await ports.programs.require({
    program: `${assetsDirectory}/sandbox/open-layers`,
    arguments: [storeDirectory, workspace.layersDirectory, workspace.stagingDirectory, quietDirectory],
  });

  const warn = (text: string): void => ports.emit({ kind: 'message', level: 'warning', text });
  const store = await openLayerStore({
    directory: workspace.layersDirectory,
    programs: ports.programs,
    warn,
    newSalt: () => openIdentities().uuid('salt'),
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
  });
  const locks = openLocks({ pathDirectories: message.pathDirectories });
  await removeStaleLeases(store.directory, locks);
  const declarations = await readDeclarations(elementSet.elements);
  const setting = (name: string, otherwise: number): number => Number(request.callerEnvironment[name] || otherwise);
  const earlier = await readBuildTraces(store.directory, request.imagePath);
  const owners = ownersOfFiles(elementSet.elements);
  const watch = openStagingWatch(workspace.stagingDirectory, quietDirectory);
  const openAll = async (): Promise<OpenLayers> =>
    openLayers({
      mode: cacheMode,
      isOffline: request.isOffline,
      workspace,
      store,
      tree: await openLayeredTree({
        treeDirectory: workspace.treeDirectory,
        scratchDirectory: workspace.scratchDirectory,
        programs: ports.programs,
        isRootless,
        ownMounts: () => target()?.ownMounts?.() ?? [],
        outermostMountsBelow,
      }),
      watch,
      earlierSteps: earlier.steps,
      texts: openKeptTexts(`${store.directory}/texts`, watch, ports.clock.nowMs),
      elementOf: (path) => owners[path] ?? earlier.owners[path],
      setterOf: (variable) => environment.setBy[variable] ?? earlier.setBy[variable],
      locks,
      ports,
      kernel: release(),
      ...(slot === undefined ? {} : { whileWaiting: slot.whileWaiting }),
      mergeBelowMs: setting('DIB_CACHE_MERGE_MS', defaultMergeBelowMs),
      maximumAgeMs: setting('DIB_CACHE_MAX_AGE_HOURS', defaultMaximumAgeHours) * 3_600_000,
      ownMounts: () => target()?.ownMounts?.() ?? [],
      declarationOf: (run) => {
        const hook = run.hooks[0];
        return declarations.get(hook?.element ?? '')?.hooks.get(hook?.path ?? '');
      },
      cacheMounts: [...declarations.values()].flatMap((declaration) => declaration.cacheMounts),
      resolveDeclared: (declaration, run) => resolveDeclared(declaration, run, ports),
      afterReuse: async (declaration, run) => {
        if (declaration.afterReuse !== undefined) await runDeclared(declaration.afterReuse, run, ports);
      },
      setStagingFrozen: (isFrozen) => setStagingFrozen(isFrozen, ports),
      stateOfArchive: openReleaseFiles(request.callerEnvironment),
      engineDigest: await digestOfEngine(),
      earlierStarts: new Set(
        (await readBuildDecisions(store.directory, request.imagePath))?.decisions.map(
          (decision) => `${decision.phase}/${decision.hooks[0]}`,
        ) ?? [],
      ),
    });
  let layers: OpenLayers;
  try {
    layers = await openAll();
  } catch (error) {
    locks.close();
    throw error;
  }
  return {
    layers,
    store,
    async close(outcome) {
      // First, as it makes space: what is written afterwards must fit.
      await layers.close();
      try {
        await keepRecords(outcome);
      } catch (error) {
        const reason = reasonOfStore(error);
        if (reason === undefined) throw error;
        warn(`what this build decided is not kept: ${reason}`);
      } finally {
        locks.close();
      }
    },
  };

  async function keepRecords(outcome: 'done' | 'failed'): Promise<void> {
    const failed = layers.failed();
    await saveBuildDecisions(store.directory, {
      imagePath: request.imagePath,
      startedMs,
      outcome,
      decisions: layers.decisions(),
      stack: layers.stack(),
      ...(failed === undefined ? {} : { failed }),
    });
    const steps = layers.traces();
    const reached = new Set(steps.flatMap((step) => step.hooks.map((hook) => `${step.phase}/${hook.name}`)));
    const notReached =
      outcome === 'done'
        ? []
        : earlier.steps.filter((step) => !step.hooks.some((hook) => reached.has(`${step.phase}/${hook.name}`)));
    await saveBuildTraces(store.directory, request.imagePath, {
      steps: [...steps, ...notReached],
      owners,
      setBy: environment.setBy,
    });
    await collectGarbage({
      storeDirectory: store.directory,
      limitBytes: setting('DIB_CACHE_MAX_GIB', defaultLimitGib) * gibibyte,
      failedBeforeMs: ports.clock.nowMs() - failedTreeDays * 86_400_000,
      textsBeforeMs: ports.clock.nowMs() - textDays * 86_400_000,
      removeTrees: async (paths) => {
        for (const path of paths) await rm(path, { recursive: true, force: true });
      },
    });
  }
}

/** A full file system takes no new files; with as many inodes as are in use, this one is full. @see tmpfs(5) */
async function setStagingFrozen(isFrozen: boolean, ports: Ports): Promise<void> {
  const { files, ffree } = await statfs(workspace.stagingDirectory);
  await ports.programs.require({
    program: 'mount',
    arguments: [
      '-o',
      `remount,strictatime,mode=0755,nr_inodes=${isFrozen ? files - ffree : stagingInodes}`,
      'dib-staging',
      workspace.stagingDirectory,
    ],
  });
}

/** The element of each file that is put into the staging directory; of files with one path the last one stays. */
function ownersOfFiles(
  elements: readonly { readonly name: string; readonly files: readonly { readonly path: string }[] }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(elements.flatMap(({ name, files }) => files.map((file) => [file.path, name] as const)));
}

/** Whether this is a user namespace of its own, and who made it. @see user_namespaces(7): inside, outside, count */
async function readUserNamespace(): Promise<{ readonly isRootless: boolean; readonly userId: number }> {
  const [inside, outside, count] = (await readFile('/proc/self/uid_map', 'utf8')).trim().split(/\s+/).map(Number);
  const isInitial = inside === 0 && outside === 0 && count === 4_294_967_295;
  return { isRootless: !isInitial, userId: outside ?? 0 };
}

/** Over the programs that the engine lays over those of the tree. */
async function digestOfEngine(): Promise<string> {
  const directory = `${assetsDirectory}/target`;
  const names = (await readdir(directory)).sort();
  return digestOfFields([...names, ...(await Promise.all(names.map((name) => digestOfFile(`${directory}/${name}`))))]);
}
