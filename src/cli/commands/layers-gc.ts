import { BuildError } from '../../base/build-error.js';
import { formatBytes, gibibyte } from '../../base/units.js';
import { collectGarbage, defaultLimitGib } from '../../layers/collect-garbage.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';
import { openStorePrograms } from '../store-programs.js';

/** `dib layers gc`: removes the longest unused layers until the store is below its limit, and trees of failed builds. */
export async function runLayersGc(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const written = line.value('limit') ?? world.environment.DIB_CACHE_MAX_GIB ?? String(defaultLimitGib);
  const limitGib = Number(written);
  if (written.trim() === '' || !(limitGib >= 0))
    throw new BuildError({
      code: 'USAGE',
      message: `"${written}" is not a size in GiB`,
      hint: 'for example --limit 10',
    });
  const { removeTrees } = openStorePrograms(world, (await world.openPorts()).programs);
  const report = await collectGarbage({
    storeDirectory: layerStoreDirectory(world),
    limitBytes: limitGib * gibibyte,
    failedBeforeMs: Number.POSITIVE_INFINITY,
    removeTrees,
  });
  world.writeOut(`${report.removed.length} layers removed, ${formatBytes(report.keptBytes)} kept\n`);
  return 0;
}
