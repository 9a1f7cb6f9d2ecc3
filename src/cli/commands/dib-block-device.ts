import { readFile } from 'node:fs/promises';
import { BuildError } from '../../base/build-error.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

const commands = ['init', 'getval', 'create', 'writefstab', 'umount', 'cleanup', 'delete'] as const;

/** Inside a build the environment of hooks has the answers. */
const variableOfSymbol: Readonly<Record<string, string>> = {
  'root-label': 'DIB_ROOT_LABEL',
  'root-fstype': 'DIB_ROOT_FSTYPE',
  'boot-label': 'DIB_BOOT_LABEL',
  'mount-points': 'DIB_MOUNTPOINTS',
  'image-path': 'TMP_IMAGE_PATH',
  'image-block-device': 'IMAGE_BLOCK_DEVICE',
  'image-block-devices': 'IMAGE_BLOCK_DEVICES',
};

/** `dib-block-device`: the life of a disk, one command a process. Standard output carries only what `getval` answers. */
export async function runDibBlockDevice(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 2 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [name = '', symbol] = line.operands;
  const command = commands.find((candidate) => candidate === name);
  if (command === undefined) throw usage(`there is no command "${name}"`, `there are ${commands.join(', ')}`);
  if ((symbol === undefined) === (command === 'getval'))
    throw usage(command === 'getval' ? 'getval needs a SYMBOL' : `${command} takes no "${symbol}"`, 'see --help');
  if (symbol !== undefined && !Object.hasOwn(variableOfSymbol, symbol))
    throw usage(`there is no symbol "${symbol}"`, `there are ${Object.keys(variableOfSymbol).join(', ')}`);
  const path = line.value('params') ?? world.environment.DIB_BLOCK_DEVICE_PARAMS_YAML;
  if (path === undefined || path === '')
    throw usage('no parameters file', 'give --params FILE or set DIB_BLOCK_DEVICE_PARAMS_YAML');
  const { existsSync } = await import('node:fs');
  const file = absolutePath(path, world);
  const inherited = symbol === undefined ? undefined : world.environment[variableOfSymbol[symbol] ?? ''];
  if (inherited !== undefined && !existsSync(file)) {
    world.writeOut(`${inherited}\n`);
    return 0;
  }
  return runOne({ command, symbol, file, world });
}

async function runOne(work: {
  readonly command: (typeof commands)[number];
  readonly symbol: string | undefined;
  readonly file: string;
  readonly world: World;
}): Promise<number> {
  const { command, symbol, file, world } = work;
  const [life, end, values, files, plugin] = await Promise.all([
    import('../../loop/block-device-life.js'),
    import('../../loop/block-device-end.js'),
    import('../../loop/block-device-state.js'),
    import('../../loop/block-device-files.js'),
    import('../../loop/block-device-plugin.js'),
  ]);
  const parameters = await files.readParameters(file);
  const pluginPaths = parameters.plugins ?? world.environment.DIB_BLOCK_DEVICE_PLUGINS ?? '';
  const sectorSizeBytes = Number(world.environment.DIB_BLOCK_SIZE || Number.NaN);
  const call = {
    parameters,
    plugins: await plugin.loadPlugins(pluginPaths, world.workingDirectory),
    ...(Number.isNaN(sectorSizeBytes) ? {} : { sectorSizeBytes }),
  };
  const ports = await world.openPorts();
  switch (command) {
    case 'init': {
      const config = files.requireParameter(parameters, 'config');
      const { warnings } = await life.initBlockDevice(call, await readConfig(config), config);
      for (const warning of warnings) world.writeError(`warning: ${warning}\n`);
      return 0;
    }
    case 'getval': {
      const { spec } = await life.readBack(call);
      const state = files.stateFilesOf(files.requireParameter(parameters, 'build-dir'));
      const answer =
        values.layoutAnswer(symbol ?? '', spec) ??
        values.deviceAnswer(symbol ?? '', await state.readState(), spec.images[0]?.name ?? 'image0');
      world.writeOut(`${answer}\n`);
      return 0;
    }
    case 'create':
      await life.createBlockDevice(call, await openMaker(ports), ports);
      return 0;
    case 'writefstab':
      await end.writeFstab(call);
      return 0;
    case 'umount':
      if (!(await end.umountBlockDevice(call, ports))) world.writeError('nothing was created, nothing to unmount\n');
      return 0;
    case 'cleanup':
      await end.cleanupBlockDevice(call);
      return 0;
    case 'delete':
      await end.deleteBlockDevice(call, ports);
      return 0;
  }
}

/** Raw files with tables and volume groups; all file systems are left to mkfs. */
async function openMaker(ports: Awaited<ReturnType<World['openPorts']>>) {
  const { assembleDisk } = await import('../../disk/assemble-disk.js');
  return (layout: Parameters<typeof assembleDisk>[0]['layout'], imageDirectory: string) =>
    assembleDisk(
      {
        layout,
        imageDirectory,
        treeDirectory: imageDirectory,
        workDirectory: imageDirectory,
        unmadeFileSystems: layout.fileSystems.map(({ name }) => name),
      },
      ports,
    );
}

async function readConfig(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new BuildError({ code: 'FILE_UNREADABLE', message: `configuration ${path}: ${error.message}`, cause: error });
  });
}

function usage(message: string, hint: string): BuildError {
  return new BuildError({ code: 'USAGE', message, hint });
}
