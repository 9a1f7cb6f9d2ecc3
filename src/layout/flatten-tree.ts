import type { FaultList, Place } from './fault-list.js';
import { nearestWord } from './nearest-word.js';
import { describeValue, type PlacedMap, type PlacedPair, type PlacedValue, placedText } from './placed-value.js';
import { isPluginName, keysOf, nestingListOfPlugin, type PluginName, pluginKeyTable } from './plugin-key-table.js';

/** One entry of the flat list: a plugin with its keys, nested entries taken out, `name` and `base` filled in. */
export interface FlatEntry {
  readonly plugin: PluginName;
  readonly name: string;
  readonly keys: PlacedMap;
  readonly place: Place;
}

/**
 * Turns tree notation into the flat list: children before their parent, in key order.
 *
 * A missing `base` is the parent; a missing `name` is `PLUGIN_BASE`. Items of `partitions` and `lvs` may carry nested
 * entries too, which then have the item as parent. Flat input passes unchanged but for names.
 */
export function flattenTree(value: PlacedValue, faults: FaultList): readonly FlatEntry[] {
  if (value.kind !== 'list') {
    faults.fault(value.place, `a layout is a list of entries, not ${describeValue(value)}`, 'start each with "- "');
    return [];
  }
  return value.items.flatMap((item) => {
    const pair = readSingleEntry(item, faults);
    if (pair === undefined) return [];
    if (isPluginName(pair.key)) return convertEntry(pair.key, pair, undefined, faults);
    const nearest = nearestWord(pair.key, Object.keys(pluginKeyTable));
    const hint =
      nearest === undefined ? `plugins: ${Object.keys(pluginKeyTable).join(', ')}` : `did you mean "${nearest}"?`;
    faults.fault(pair.keyPlace, `unknown plugin ${JSON.stringify(pair.key)}`, hint);
    return [];
  });
}

function readSingleEntry(item: PlacedValue, faults: FaultList): PlacedPair | undefined {
  if (item.kind !== 'map') {
    faults.fault(item.place, `an entry is a mapping with one plugin as its key, not ${describeValue(item)}`);
    return undefined;
  }
  const [pair, ...rest] = item.pairs;
  if (pair !== undefined && rest.length === 0) return pair;
  const found = pair === undefined ? 'none' : item.pairs.map(({ key }) => key).join(', ');
  faults.fault(item.place, `an entry has exactly one key, the plugin; found ${found}`, 'indent the keys of the plugin');
  return undefined;
}

function convertEntry(
  plugin: PluginName,
  { keyPlace, value }: PlacedPair,
  parent: string | undefined,
  faults: FaultList,
): FlatEntry[] {
  if (value.kind !== 'map') {
    faults.fault(keyPlace, `${plugin} needs a mapping of its keys, found ${describeValue(value)}`);
    return [];
  }
  const base = textOfKey(value, 'base') ?? parent;
  const name = textOfKey(value, 'name') ?? (base === undefined ? undefined : `${plugin}_${base}`);
  if (name === undefined) faults.fault(keyPlace, `${plugin} needs a name or a base`);
  const nested: FlatEntry[] = [];
  const kept: PlacedPair[] = [];
  for (const pair of value.pairs) {
    if (isPluginName(pair.key)) nested.push(...convertEntry(pair.key, pair, name, faults));
    else if (pair.key === nestingListOfPlugin[plugin] && pair.value.kind === 'list') {
      const items = pair.value.items.map((item) => convertItem(item, faults, nested));
      kept.push({ ...pair, value: { ...pair.value, items } });
    } else kept.push(pair);
  }
  if (name === undefined) return nested;
  setKey(kept, 'base', base, keyPlace);
  setKey(kept, 'name', name, keyPlace);
  warnUnknownKeys(kept, plugin, keysOf(plugin), faults);
  return [...nested, { plugin, name, keys: { kind: 'map', pairs: kept, place: value.place }, place: keyPlace }];
}

function convertItem(item: PlacedValue, faults: FaultList, nested: FlatEntry[]): PlacedValue {
  if (item.kind !== 'map') return item;
  const name = textOfKey(item, 'name');
  const kept: PlacedPair[] = [];
  for (const pair of item.pairs) {
    if (isPluginName(pair.key)) nested.push(...convertEntry(pair.key, pair, name, faults));
    else kept.push(pair);
  }
  return { ...item, pairs: kept };
}

/** Reports keys that nothing reads, with the nearest that something does. */
export function warnUnknownKeys(
  pairs: readonly PlacedPair[],
  what: string,
  known: Readonly<Record<string, unknown>>,
  faults: FaultList,
): void {
  for (const { key, keyPlace } of pairs) {
    if (Object.hasOwn(known, key)) continue;
    if (isPluginName(key)) {
      faults.fault(keyPlace, `${key} cannot be nested in ${what}`, 'nest it in a partition or in an item of lvs');
      continue;
    }
    const nearest = nearestWord(key, Object.keys(known));
    const advice = nearest === undefined ? `known: ${Object.keys(known).join(', ')}` : `did you mean "${nearest}"?`;
    faults.warn(keyPlace, `unknown key "${key}" in ${what} is ignored; ${advice}`);
  }
}

function textOfKey(map: PlacedMap, key: string): string | undefined {
  const value = map.pairs.find((pair) => pair.key === key)?.value;
  return value?.kind === 'text' ? value.text : undefined;
}

function setKey(pairs: PlacedPair[], key: string, text: string | undefined, place: Place): void {
  const at = pairs.findIndex((pair) => pair.key === key);
  const pair: PlacedPair = { key, keyPlace: place, value: placedText(text ?? '', place) };
  if (text === undefined) return;
  if (at < 0) pairs.push(pair);
  // A list as base stays, for the reader of the plugin to complain about.
  else if (pairs[at]?.value.kind === 'null') pairs[at] = pair;
}
