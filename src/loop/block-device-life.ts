import { mkdir, rm } from 'node:fs/promises';
import { BuildError, BuildErrors, faultsOf } from '../base/build-error.js';
import { parseLayout } from '../layout/parse-layout.js';
import { parseSize } from '../layout/parse-size.js';
import { sizeLayout } from '../layout/size-layout.js';
import type { DiskLayout, DiskLayoutSpec } from '../model/layout.js';
import type { Ports } from '../model/ports.js';
import { losetupArguments } from './attach-image.js';
import { type MadeThing, requireParameter, stateFilesOf } from './block-device-files.js';
import {
  type BlockDeviceNode,
  type BlockDevicePlugin,
  type BlockDeviceState,
  splitConfig,
} from './block-device-plugin.js';
import { releaseThing } from './block-device-release.js';
import { describeLayout } from './block-device-state.js';
import { mkfsCommand } from './mkfs-command.js';
import { kernelType } from './mount-file-systems.js';
import { checkPieces, isMounted } from './open-devices.js';
import { openPartitionDevices } from './partition-devices.js';

/** One call of `dib-block-device`. */
export interface BlockDeviceCall {
  readonly parameters: Readonly<Record<string, string>>;
  readonly plugins: readonly BlockDevicePlugin[];
  /** `DIB_BLOCK_SIZE`. */
  readonly sectorSizeBytes?: number;
}

/** Makes the raw files of a layout with their tables and volume groups, without file systems; from the room that writes disks. */
export type MakeRawFiles = (layout: DiskLayout, imageDirectory: string) => Promise<ReadonlyMap<string, string>>;

/** `init`: checks the configuration and writes it down flat, with the root parameters merged in. May be repeated. */
export async function initBlockDevice(call: BlockDeviceCall, text: string, origin: string): Promise<DiskLayoutSpec> {
  const config = splitConfig(text, call.plugins);
  const spec = readSpec(call, config.text, origin);
  for (const { plugin, values } of config.entries) openEntry(call, plugin, values);
  const own = config.entries.map(({ plugin, values }) => ({ [plugin]: values }));
  await stateFilesOf(requireParameter(call.parameters, 'build-dir')).writeConfig([...spec.flatConfig, ...own]);
  return spec;
}

/** The layout as `init` wrote it down, and the nodes of plugins. @throws BuildError `FILE_UNREADABLE` before `init` */
export async function readBack(
  call: BlockDeviceCall,
): Promise<{ readonly spec: DiskLayoutSpec; readonly nodes: readonly BlockDeviceNode[] }> {
  const files = stateFilesOf(requireParameter(call.parameters, 'build-dir'));
  const config = splitConfig(JSON.stringify(await files.readConfig(), undefined, 1), call.plugins);
  const isOwn = (entry: Readonly<Record<string, unknown>>): boolean =>
    call.plugins.some(({ name }) => Object.hasOwn(entry, name));
  const rest = (await files.readConfig()).filter((entry) => !isOwn(entry));
  return {
    spec: readSpec(call, JSON.stringify(rest), 'config.json'),
    nodes: config.entries.flatMap(({ plugin, values }) => openEntry(call, plugin, values)),
  };
}

function readSpec({ parameters, sectorSizeBytes }: BlockDeviceCall, text: string, origin: string): DiskLayoutSpec {
  const { 'root-fs-type': type = 'ext4', 'root-label': label, 'root-fs-opts': options } = parameters;
  return parseLayout({
    text,
    origin,
    defaults: {
      rootFileSystemType: type,
      ...(label === undefined ? {} : { rootLabel: label }),
      ...(options === undefined ? {} : { rootOptions: options }),
    },
    sectorSizeBytes,
  });
}

function openEntry(
  { plugins, parameters }: BlockDeviceCall,
  name: string,
  values: Readonly<Record<string, unknown>>,
): readonly BlockDeviceNode[] {
  return plugins.find((plugin) => plugin.name === name)?.open(values, parameters) ?? [];
}

/**
 * `create`: makes the images, attaches them, makes the file systems and mounts them below `mount-base`.
 *
 * When a step fails, every step before it is taken back, each whatever the others do; the state is written all the
 * same, and the error is that of the step.
 */
export async function createBlockDevice(
  call: BlockDeviceCall,
  makeRawFiles: MakeRawFiles,
  ports: Ports,
): Promise<void> {
  const { parameters } = call;
  const files = stateFilesOf(requireParameter(parameters, 'build-dir'));
  const mountBase = requireParameter(parameters, 'mount-base');
  const { spec, nodes } = await readBack(call);
  const layout = sizeLayout(spec, { imageSizes: openSizes(spec, parameters), identities: ports.identities });
  checkPieces(layout);
  const made: MadeThing[] = [];
  const undos: { readonly name: string; readonly undo: () => void | Promise<void> }[] = [];
  const keep = (thing: MadeThing): void => {
    made.push(thing);
    undos.push({ name: thing.kind, undo: () => takeBack(thing, ports) });
  };
  const state: BlockDeviceState = {};
  try {
    const devices = await attachAll({ layout, parameters, makeRawFiles, keep }, ports);
    Object.assign(state, describeLayout({ spec, layout, devices, images: imagePathsOf(made), mountBase }));
    for (const fileSystem of layout.fileSystems)
      await ports.programs.require(mkfsCommand(fileSystem, devices.get(fileSystem.base) ?? ''));
    for (const fileSystem of layout.fileSystems.filter(isMounted)) {
      const path = `${mountBase}${fileSystem.mountPoint === '/' ? '' : fileSystem.mountPoint}`;
      await mkdir(path, { recursive: true });
      const device = devices.get(fileSystem.base) ?? '';
      const type = kernelType(fileSystem.type);
      await ports.programs.require({ program: 'mount', arguments: ['-t', type, device, path] });
      keep({ kind: 'mount', path, type });
    }
    for (const node of nodes) await node.create({ state, onUndo: (name, undo) => undos.push({ name, undo }) });
    await files.writeState(state);
    await files.writeNodes(made);
  } catch (error) {
    const complaints: string[] = [];
    for (const { name, undo } of undos.reverse())
      await Promise.resolve()
        .then(undo)
        .catch((failure: Error) => void complaints.push(`taking back ${name} failed: ${failure.message}`));
    for (const text of complaints) ports.emit({ kind: 'message', level: 'warning', text });
    await files.writeState(state);
    throw withComplaints(error, complaints);
  }
}

function openSizes(spec: DiskLayoutSpec, parameters: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  const open = spec.images.filter(({ sizeBytes }) => sizeBytes === undefined);
  if (open.length === 0) return new Map();
  const text = requireParameter(parameters, 'image-size');
  const size = parseSize(text);
  if (size.kind !== 'bytes')
    throw new BuildError({ code: 'USAGE', message: `image-size "${text}" in the parameters file is no size in bytes` });
  return new Map(open.map(({ name }) => [name, size.sizeBytes]));
}

async function attachAll(
  work: {
    readonly layout: DiskLayout;
    readonly parameters: Readonly<Record<string, string>>;
    readonly makeRawFiles: MakeRawFiles;
    readonly keep: (thing: MadeThing) => void;
  },
  ports: Ports,
): Promise<ReadonlyMap<string, string>> {
  const { layout, keep } = work;
  const hasDirectories = layout.images.every(({ directory }) => directory !== undefined);
  const imageDirectory = hasDirectories ? '' : requireParameter(work.parameters, 'image-dir');
  const imagePaths = await work.makeRawFiles(layout, imageDirectory);
  for (const path of imagePaths.values()) keep({ kind: 'image', path });
  const attach = async (wanted: Parameters<typeof losetupArguments>[0]) => {
    // Unlike in a build the device outlives this process: the next command finds it in the state.
    const options = losetupArguments(wanted, '').slice(0, -3);
    const { stdout } = await ports.programs.require({
      program: 'losetup',
      arguments: ['--show', '--find', ...options, '--', wanted.filePath],
    });
    const device = stdout.trim().split('\n').at(-1) ?? '';
    keep({ kind: 'loop', device, path: wanted.filePath });
    return { device, detach: async () => undefined };
  };
  const devices = new Map<string, string>();
  for (const image of layout.images) {
    const filePath = imagePaths.get(image.name) ?? '';
    const { device } = await attach({ filePath, sectorSizeBytes: image.sectorSizeBytes });
    devices.set(image.name, device);
    const partitions = await openPartitionDevices({ image, imagePath: filePath, device, attach }, ports);
    for (const [name, partition] of partitions) devices.set(name, partition);
  }
  for (const { base, regions, sectorSizeBytes } of layout.fileSystems) {
    const [region] = regions;
    if (devices.has(base) || region === undefined) continue;
    const filePath = imagePaths.get(region.image) ?? '';
    devices.set(base, (await attach({ filePath, sectorSizeBytes, region })).device);
  }
  return devices;
}

function imagePathsOf(made: readonly MadeThing[]): readonly string[] {
  return made.flatMap((thing) => (thing.kind === 'image' ? [thing.path] : []));
}

async function takeBack(thing: MadeThing, ports: Ports): Promise<void> {
  if (thing.kind === 'image') await rm(thing.path, { force: true });
  else await releaseThing(thing, ports);
}

/** The error of the step comes first. */
function withComplaints(error: unknown, complaints: readonly string[]): unknown {
  const faults = faultsOf(error);
  if (complaints.length === 0 || faults.length === 0) return error;
  return new BuildErrors([
    ...faults,
    ...complaints.map((message) => new BuildError({ code: 'COMMAND_FAILED', message })),
  ]);
}
