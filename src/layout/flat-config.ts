import type { FlatEntry } from './flatten-tree.js';
import type { PlacedMap, PlacedValue } from './placed-value.js';
import { type ItemListName, itemKeyTable, keysOf, type PluginName } from './plugin-key-table.js';
import { resolveYaml11Integer, resolveYaml11Scalar } from './resolve-yaml11-scalar.js';

/**
 * The flat list as `config.json` holds it: one-key objects. Reading it again gives the same layout, so texts such as
 * the type `0700` stay texts.
 */
export function flatConfigOf(entries: readonly FlatEntry[]): readonly Readonly<Record<string, unknown>>[] {
  return entries.map((entry) => {
    const values = plainMap(entry.keys, entry.plugin);
    if (entry.plugin === 'partitioning' && Array.isArray(values.partitions)) {
      const { base } = values;
      values.partitions = values.partitions.map((item: unknown) =>
        typeof item === 'object' && item !== null && base !== undefined ? { ...item, base } : item,
      );
    }
    return { [entry.plugin]: values };
  });
}

function plainMap(map: PlacedMap, what: PluginName | ItemListName): Record<string, unknown> {
  const keys = keysOf(what);
  return Object.fromEntries(
    map.pairs.map(({ key, value }) => {
      const takes = Object.hasOwn(keys, key) ? keys[key]?.takes : undefined;
      if (takes === 'items' && Object.hasOwn(itemKeyTable, key))
        return [key, plainItems(value, key as ItemListName)] as const;
      return [key, plainValue(value, takes)] as const;
    }),
  );
}

function plainItems(value: PlacedValue, list: ItemListName): unknown {
  if (value.kind !== 'list') return plainValue(value, undefined);
  return value.items.map((item) => (item.kind === 'map' ? plainMap(item, list) : plainValue(item, undefined)));
}

function plainValue(value: PlacedValue, takes: string | undefined): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'list':
      return value.items.map((item) => plainValue(item, takes));
    case 'map':
      return Object.fromEntries(value.pairs.map((pair) => [pair.key, plainValue(pair.value, undefined)]));
    case 'text':
      if (value.isQuoted && takes !== 'integer') return value.text;
      if (takes === undefined) return resolveYaml11Scalar(value.text);
      if (takes === 'text' || takes === 'names' || takes === 'options') return value.text;
      return resolveYaml11Integer(value.text) ?? value.text;
  }
}
