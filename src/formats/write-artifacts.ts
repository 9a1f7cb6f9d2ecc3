import { tmpdir } from 'node:os';
import { describeFormat } from '../base/format-table.js';
import { type Scope, withScope } from '../base/scope.js';
import type { Artifact } from '../model/artifact.js';
import type { Ports } from '../model/ports.js';
import { writeAci } from './aci.js';
import { importIntoDaemon } from './docker.js';
import { digestDraft, type FinishedDraft, finishArtifact } from './finish-artifact.js';
import { archiveFormats, makeArchives } from './make-archives.js';
import { makeDisk } from './make-disk.js';
import { listMountsBelow } from './mounts-below.js';
import { nameOutputFault } from './output-fault.js';
import {
  artifactPath,
  epochOf,
  type MadeDraft,
  type Making,
  madeDraft,
  type OutputOptions,
  openScopedDraft,
} from './output-options.js';
import { runBounded, type Task } from './run-bounded.js';
import { squashfsCommand } from './squashfs.js';

/**
 * Writes every requested format, in any combination and order.
 *
 * One reading of the tree feeds all archives; disks are converted at the same time, as many as there are processors.
 * All files are made first, without a name, and published together when every one is whole, `raw` last, so that a
 * failure changes nothing.
 *
 * @returns one artifact for each file, in the order of the formats
 * @throws BuildError `COMMAND_FAILED` when a program fails, `OUTPUT_UNWRITABLE` when the output directory is full
 */
export async function writeArtifacts(options: OutputOptions, ports: Ports): Promise<readonly Artifact[]> {
  try {
    return await withScope((scope) => writeAll(options, ports, scope));
  } catch (error) {
    throw nameOutputFault(error, options.imagePath);
  }
}

async function writeAll(options: OutputOptions, ports: Ports, scope: Scope): Promise<readonly Artifact[]> {
  const making: Making = { options, ports, scope, scratchDirectory: options.scratchDirectory ?? tmpdir() };
  const layer: { path?: string } = {};
  const tasks = [...(await treeTasks(making, layer)), ...diskTasks(making)];
  const progress = openProgress(tasks.length, ports);
  const drafts = await runBounded(
    tasks.map((task): Task<readonly FinishedDraft[]> => {
      return async (taskPorts) => {
        const made = await task(taskPorts);
        const finished = await Promise.all(made.map((draft) => digestDraft(draft, options, taskPorts)));
        progress.advance(made.map(({ format }) => format).join(', '));
        return finished;
      };
    }),
    options.cpuCount,
    ports,
  );
  const importFailure = await tryImport(making, layer.path);
  const artifacts = await publish(drafts.flat(), making);
  if (importFailure !== undefined) throw importFailure.error;
  return artifacts;
}

type TreeMaking = Making & { readonly treeDirectory: string; readonly mountPoints: readonly string[] };

/** All archives are one task, as they are one reading. */
async function treeTasks(making: Making, layer: { path?: string }): Promise<readonly Task<readonly MadeDraft[]>[]> {
  const { options } = making;
  const formats = options.formats.filter((format) => describeFormat(format).source === 'tree');
  if (formats.length === 0) return [];
  const { treeDirectory } = options;
  if (treeDirectory === undefined) throw new Error(`Internal error: no tree for ${formats.join(', ')}`);
  const { diskMountPoints = [] } = options;
  const mountPoints = (await listMountsBelow(treeDirectory)).filter((path) => !diskMountPoints.includes(path));
  // What fsck keeps beside the files is no part of an archive.
  const tree = {
    ...making,
    treeDirectory,
    mountPoints: [...mountPoints, ...diskMountPoints.map((path) => `${path}/lost+found`)],
  };
  const archives = formats.filter((format) => archiveFormats.has(format));
  const tasks: Task<readonly MadeDraft[]>[] = [];
  if (archives.length > 0) {
    tasks.push(async (ports) => {
      const result = await makeArchives({ ...tree, formats: archives }, ports);
      if (result.layerPath !== undefined) layer.path = result.layerPath;
      return result.made;
    });
  }
  if (formats.includes('aci')) tasks.push((ports) => makeAci(tree, ports));
  if (formats.includes('squashfs')) tasks.push((ports) => makeSquashfs(tree, ports));
  return tasks;
}

async function makeAci(making: TreeMaking, ports: Ports): Promise<readonly MadeDraft[]> {
  const { options, treeDirectory, mountPoints } = making;
  const draft = await openScopedDraft(making, 'aci');
  const manifest = options.aciManifestPath === undefined ? {} : { manifestPath: options.aciManifestPath };
  await writeAci({ treeDirectory, mountPoints, archivePath: draft.path, ...manifest, ...epochOf(options) }, ports);
  return [madeDraft('aci', draft)];
}

async function makeSquashfs(making: TreeMaking, ports: Ports): Promise<readonly MadeDraft[]> {
  const { options, treeDirectory, mountPoints } = making;
  const draft = await openScopedDraft(making, 'squashfs');
  await ports.programs.require(
    squashfsCommand({
      treeDirectory,
      mountPoints,
      outputPath: draft.path,
      cpuCount: options.cpuCount,
      ...epochOf(options),
    }),
  );
  return [madeDraft('squashfs', draft)];
}

function diskTasks(making: Making): readonly Task<readonly MadeDraft[]>[] {
  const { options, ports } = making;
  const formats = options.formats.filter((format) => describeFormat(format).source === 'disk');
  const { rawDiskPath } = options;
  if (rawDiskPath === undefined) {
    if (formats.length > 0) {
      ports.emit({ kind: 'message', level: 'debug', text: `no disk was made, so no ${formats.join(', ')} is written` });
    }
    return [];
  }
  return formats.map((format) => async (taskPorts) => [await makeDisk({ ...making, rawDiskPath, format }, taskPorts)]);
}

/** A failure is kept until the files are published: they are whole, and hold the same image. */
async function tryImport(
  making: Making,
  layerPath: string | undefined,
): Promise<{ readonly error: unknown } | undefined> {
  const { options, ports } = making;
  if (layerPath === undefined || !options.formats.includes('docker')) return undefined;
  if (options.dockerTarget === undefined || options.dockerTarget === '') return undefined;
  try {
    const archivePath = artifactPath(options, 'docker');
    await importIntoDaemon({ layerPath, target: options.dockerTarget, archivePath }, ports);
    return undefined;
  } catch (error) {
    return { error };
  }
}

async function publish(drafts: readonly FinishedDraft[], making: Making): Promise<readonly Artifact[]> {
  const { formats } = making.options;
  const inOrder = drafts.toSorted((a, b) => formats.indexOf(a.format) - formats.indexOf(b.format));
  const rawLast = [...inOrder].sort((a, b) => Number(a.format === 'raw') - Number(b.format === 'raw'));
  const artifacts = new Map<FinishedDraft, Artifact>();
  for (const draft of rawLast) artifacts.set(draft, await finishArtifact(draft, making.options, making.ports));
  return inOrder.map((draft) => artifacts.get(draft)).filter((artifact) => artifact !== undefined);
}

function openProgress(taskCount: number, ports: Ports): { advance(detail: string): void } {
  let doneCount = 0;
  const task = 'write artifacts';
  ports.emit({ kind: 'progress', task, share: 0 });
  return {
    advance(detail) {
      doneCount += 1;
      ports.emit({ kind: 'progress', task, share: doneCount / taskCount, detail });
    },
  };
}
