import { BuildError } from '../base/build-error.js';
import { formatBytes, formatDuration } from '../base/units.js';
import type { BuildDecisions } from './build-decisions.js';
import type { StoredLayer } from './collect-garbage.js';
import type { UnitRecord } from './layer-record.js';

/** All that is known of a layer. */
export interface LayerDescription extends StoredLayer {
  /** Images whose last build has it, with the layer below it there; none below the lowest. */
  readonly uses: readonly { readonly imagePath: string; readonly parentLayerId?: string }[];
  /** What leads to it: hooks and what they read. */
  readonly records: readonly UnitRecord[];
}

/**
 * Gathers what is known of a layer.
 *
 * @param id the id, or how it begins
 * @throws BuildError `USAGE` when no layer begins so, or several do
 */
export function describeLayer(
  id: string,
  known: {
    readonly layers: readonly StoredLayer[];
    readonly builds: readonly BuildDecisions[];
    readonly records: readonly UnitRecord[];
  },
): LayerDescription {
  const exact = known.layers.filter((stored) => stored.layer.id === id);
  const found = exact.length > 0 ? exact : known.layers.filter((stored) => stored.layer.id.startsWith(id));
  const [stored] = found;
  if (stored === undefined)
    throw new BuildError({
      code: 'USAGE',
      message: `no layer in the store is called ${id}`,
      hint: 'dib layers list shows all, dib explain --json those of a build',
    });
  if (found.length > 1)
    throw new BuildError({
      code: 'USAGE',
      message: `${found.length} layers begin with ${id}`,
      hint: found.map(({ layer }) => layer.id).join(', '),
    });
  const layerId = stored.layer.id;
  return {
    ...stored,
    uses: known.builds.flatMap(({ imagePath, stack }) => {
      const index = stack.indexOf(layerId);
      if (index < 0) return [];
      const parentLayerId = stack[index - 1];
      return [{ imagePath, ...(parentLayerId === undefined ? {} : { parentLayerId }) }];
    }),
    records: known.records.filter((record) => record.layer?.id === layerId),
  };
}

/** A layer in words: what it is, who uses it, and for each record the hooks and every input with its digest. */
export function formatLayerDescription({ layer, lastUsedMs, uses, records }: LayerDescription): string {
  const lines = [
    `layer    ${layer.id}`,
    `content  ${layer.contentDigest}`,
    `size     ${formatBytes(layer.sizeBytes)} in ${layer.entryCount} entries`,
    `used     ${new Date(lastUsedMs).toISOString()}`,
    ...uses.map(
      ({ imagePath, parentLayerId }) =>
        `in       ${imagePath}, ${parentLayerId === undefined ? 'the lowest layer' : `on layer ${parentLayerId}`}`,
    ),
  ];
  if (records.length === 0)
    lines.push('no record leads to it: made by host hooks or the engine, or by hooks never kept');
  for (const record of records) {
    lines.push(
      '',
      `record   ${record.id}`,
      `parent   tree ${record.parent}`,
      `made     ${new Date(record.createdMs).toISOString()}, took ${formatDuration(record.durationMs)}`,
      ...(record.maximumAgeMs === undefined
        ? []
        : [`valid    for ${Math.round(record.maximumAgeMs / 3_600_000)} h, as it used the network or says so`]),
      'hooks',
      ...record.hooks.map(
        (hook) => `  ${shorten(hook.digest)}  ${record.phase}.d/${hook.name} of element ${hook.element}`,
      ),
    );
    for (const [group, digests] of Object.entries(record.inputs)) {
      const inputs = Object.entries(digests as Readonly<Record<string, string>>);
      if (inputs.length > 0) lines.push(group, ...inputs.map(([name, digest]) => `  ${shorten(digest)}  ${name}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** As far as people compare them; JSON has the whole. */
function shorten(digest: string): string {
  return digest.slice(0, 16).padEnd(16);
}
