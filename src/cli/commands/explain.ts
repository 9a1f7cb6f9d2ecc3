import { listBuilds } from '../../layers/build-decisions.js';
import { formatDecisions } from '../../layers/format-decisions.js';
import { pickBuild } from '../../layers/pick-build.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib explain [IMAGE]`: what the last build of an image, or the last build, reused and ran, and why. */
export async function runExplain(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [image] = line.operands;
  const path = image === undefined ? undefined : absolutePath(image, world);
  const build = pickBuild(await listBuilds(layerStoreDirectory(world)), path);
  world.writeOut(line.has('json') ? `${JSON.stringify(build, undefined, 2)}\n` : formatDecisions(build));
  return 0;
}
