import { rm } from 'node:fs/promises';
import { BuildError, faultsOf, throwFaults } from '../base/build-error.js';
import { formatFstab } from '../layout/format-fstab.js';
import type { Ports } from '../model/ports.js';
import { requireParameter, stateFilesOf } from './block-device-files.js';
import { type BlockDeviceCall, readBack } from './block-device-life.js';
import type { BlockDeviceNode, BlockDeviceState } from './block-device-plugin.js';
import { releaseThing } from './block-device-release.js';

/** `writefstab`: writes the fstab into the state directory and into `<build-dir>/built/etc`; nothing without entries. */
export async function writeFstab(call: BlockDeviceCall): Promise<void> {
  const files = stateFilesOf(requireParameter(call.parameters, 'build-dir'));
  await files.readState();
  const { spec } = await readBack(call);
  const text = formatFstab(spec.mounts, spec.fileSystems);
  if (text !== undefined) await files.writeFstab(text);
}

/**
 * `umount`: unmounts and detaches everything, last made first, each whatever the others do. May be repeated.
 *
 * @returns false when `create` has made nothing
 * @throws BuildError or BuildErrors with everything that could not be released
 */
export async function umountBlockDevice(call: BlockDeviceCall, ports: Ports): Promise<boolean> {
  const files = stateFilesOf(requireParameter(call.parameters, 'build-dir'));
  const made = await files.readNodes();
  if (made === undefined) return false;
  const faults: BuildError[] = [];
  const { nodes } = await readBack(call);
  const state = await files.readState();
  await eachBackwards(nodes, (node) => node.umount?.(state), faults);
  await eachBackwards(made, (thing) => releaseThing(thing, ports), faults);
  throwFaults(faults);
  return true;
}

/** `cleanup`: the last work of plugins, then the state goes. @throws BuildError `FILE_UNREADABLE` when nothing was made */
export async function cleanupBlockDevice(call: BlockDeviceCall): Promise<void> {
  await endState(call, (node, state) => node.cleanup?.(state));
}

/** `delete`: everything that `umount` does, then the images and the state go, whatever could not be released. */
export async function deleteBlockDevice(call: BlockDeviceCall, ports: Ports): Promise<void> {
  const files = stateFilesOf(requireParameter(call.parameters, 'build-dir'));
  const made = await files.readNodes();
  const faults: BuildError[] = [];
  if (made !== undefined)
    await umountBlockDevice(call, ports).catch((error: unknown) => void faults.push(...faultsFrom(error)));
  await endState(call, async (node, state) => node.delete?.(state));
  for (const thing of made ?? []) if (thing.kind === 'image') await rm(thing.path, { force: true });
  throwFaults(faults);
}

async function endState(
  call: BlockDeviceCall,
  work: (node: BlockDeviceNode, state: BlockDeviceState) => Promise<void> | undefined,
): Promise<void> {
  const files = stateFilesOf(requireParameter(call.parameters, 'build-dir'));
  if ((await files.readNodes()) === undefined)
    throw new BuildError({
      code: 'FILE_UNREADABLE',
      message: `the node dump nodes.json not found in ${files.directory}`,
      hint: 'nothing was created, or it was cleaned up already',
    });
  const faults: BuildError[] = [];
  const { nodes } = await readBack(call);
  const state = await files.readState();
  await eachBackwards(nodes, (node) => work(node, state), faults);
  await files.remove();
  throwFaults(faults);
}

async function eachBackwards<Thing>(
  things: readonly Thing[],
  work: (thing: Thing) => Promise<void> | undefined,
  faults: BuildError[],
): Promise<void> {
  for (const thing of [...things].reverse()) {
    try {
      await work(thing);
    } catch (error) {
      faults.push(...faultsFrom(error));
    }
  }
}

/** A plugin may throw anything. */
function faultsFrom(error: unknown): readonly BuildError[] {
  const faults = faultsOf(error);
  if (faults.length > 0) return faults;
  return [new BuildError({ code: 'COMMAND_FAILED', message: (error as Error).message, cause: error })];
}
