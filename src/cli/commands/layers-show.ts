import { listBuilds } from '../../layers/build-decisions.js';
import { listLayers } from '../../layers/collect-garbage.js';
import { describeLayer, formatLayerDescription } from '../../layers/describe-layer.js';
import { listRecords } from '../../layers/list-records.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib layers show ID`: a layer, with the hooks that made it and everything that they read. */
export async function runLayersShow(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const store = layerStoreDirectory(world);
  const description = describeLayer(line.operands[0] ?? '', {
    layers: await listLayers(store),
    builds: await listBuilds(store),
    records: await listRecords(store),
  });
  world.writeOut(
    line.has('json') ? `${JSON.stringify(description, undefined, 2)}\n` : formatLayerDescription(description),
  );
  return 0;
}
