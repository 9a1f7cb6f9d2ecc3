import type { Invocation } from '../command-row.js';
import { parseBuildInvocation } from '../parse-build-invocation.js';
import { readVersion } from '../read-version.js';
import { pathDirectoriesOf } from '../search-path.js';
import { showHelp } from '../show-help.js';

/** `disk-image-create`, `ramdisk-image-create` and `dib build`: builds the image. */
export async function runBuildCommand(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const parsed = await parseBuildInvocation(invocation);
  if (parsed.kind === 'help') return showHelp(invocation);
  if (parsed.kind === 'version') {
    world.writeOut(`${readVersion()}\n`);
    return 0;
  }
  const { request } = parsed;
  if (request.logPath !== undefined) world.writeOut(`output logs going to: ${request.logPath}\n`);
  const { buildImage } = await import('../../build/build-image.js');
  const { HOME, TERM } = world.environment;
  const pathDirectories = pathDirectoriesOf(world.environment);
  return buildImage(
    {
      request,
      caller: { userId: world.userId, userName: world.userName },
      version: readVersion(),
      nodePath: world.nodePath,
      processEnvironment: {
        PATH: pathDirectories.join(':'),
        ...(HOME === undefined ? {} : { HOME }),
        ...(TERM === undefined ? {} : { TERM }),
      },
      pathDirectories,
      terminal: { isTerminal: world.isTerminal, hasColour: world.hasColour },
      cpuCount: request.maximumJobs ?? world.cpuCount,
      onStopRequest: world.onStopSignal,
    },
    await world.openPorts(),
  );
}
