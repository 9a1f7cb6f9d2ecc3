import { BuildError } from '../../base/build-error.js';
import { listBuilds } from '../../layers/build-decisions.js';
import { chooseState, type Moment } from '../../layers/choose-state.js';
import { pickBuild } from '../../layers/pick-build.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { enterLayers, shellEnvironment } from '../enter-layers.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { type CommandLine, parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib shell [IMAGE]`: a shell in the tree of the last build as it was at some moment; changes are forgotten. */
export async function runShell(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const moment = readMoment(line);
  const [image] = line.operands;
  const storeDirectory = layerStoreDirectory(world);
  const build = pickBuild(
    await listBuilds(storeDirectory),
    image === undefined ? undefined : absolutePath(image, world),
  );
  const state = chooseState(build, moment);
  world.writeError(
    [
      `${build.imagePath}, ${state.description}; changes are forgotten at the end`,
      ...(state.note === undefined ? [] : [`note: ${state.note}`]),
      '',
    ].join('\n'),
  );
  const ports = await world.openPorts();
  const { TERM } = world.environment;
  const command = line.value('command');
  const stop = new AbortController();
  // What Ctrl-C means in a shell is up to the shell.
  world.onStopSignal(() => {
    if (command !== undefined) stop.abort();
  });
  const { exitStatus } = await enterLayers({
    world,
    ports,
    storeDirectory,
    layerIds: state.layerIds,
    ...(state.failedDirectory === undefined ? {} : { failedDirectory: state.failedDirectory }),
    mode: 'shell',
    signal: stop.signal,
    command: command === undefined ? [] : ['sh', '-c', command],
    environment: { ...shellEnvironment, ...(TERM === undefined ? {} : { TERM }) },
  });
  return exitStatus;
}

function readMoment(line: CommandLine): Moment {
  const before = line.value('before');
  const after = line.value('after');
  if (before !== undefined && after !== undefined)
    throw new BuildError({ code: 'USAGE', message: 'shell takes --before or --after, not both', hint: 'see --help' });
  if (before !== undefined) return { side: 'before', hook: before };
  return after === undefined ? { side: 'end' } : { side: 'after', hook: after };
}
