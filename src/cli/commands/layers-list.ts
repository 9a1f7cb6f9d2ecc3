import { listLayers } from '../../layers/collect-garbage.js';
import { formatLayers } from '../../layers/format-decisions.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib layers list`: the layers in the store, longest unused first. */
export async function runLayersList(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const layers = await listLayers(layerStoreDirectory(world));
  world.writeOut(line.has('json') ? `${JSON.stringify(layers, undefined, 2)}\n` : formatLayers(layers));
  return 0;
}
