import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { FaultList, Place } from './fault-list.js';
import type { PlacedMap, PlacedPair, PlacedValue } from './placed-value.js';

/**
 * Reads YAML 1.1 into values with places, scalars as text: `8E00` and `0700` stay what the user wrote.
 * Anchors, aliases and merge keys (`<<`) are followed. Syntax faults go to `faults`.
 */
export function readPlacedYaml(text: string, faults: FaultList): PlacedValue {
  const lineCounter = new LineCounter();
  // The failsafe schema makes every scalar a string, so that no number loses its digits.
  const document = parseDocument(text, { version: '1.1', schema: 'failsafe', lineCounter, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const isRepeatedKey = ({ code }: { readonly code: string }) => code === 'DUPLICATE_KEY';
  const [broken] = document.errors.filter((error) => !isRepeatedKey(error));
  // After the first broken place the parser finds faults that are none.
  for (const error of document.errors.filter((one) => one === broken || isRepeatedKey(one)))
    faults.fault(placeAt(error.pos[0]), `not valid YAML: ${error.message}`);
  return placeNode(document.contents, { document, placeAt, faults, openAliases: [] });
}

interface Reading {
  readonly document: Document.Parsed;
  readonly placeAt: (offset: number) => Place;
  readonly faults: FaultList;
  readonly openAliases: readonly string[];
}

const nullTexts = new Set(['', '~', 'null', 'Null', 'NULL']);

function placeNode(node: unknown, reading: Reading): PlacedValue {
  const place = reading.placeAt(offsetOf(node));
  if (isScalar(node)) {
    const isQuoted = node.type !== 'PLAIN';
    const text = String(node.value);
    return !isQuoted && nullTexts.has(text) ? { kind: 'null', place } : { kind: 'text', text, isQuoted, place };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => placeNode(item, reading)), place };
  if (isMap(node)) return placeMap(node.items, place, reading);
  if (isAlias(node)) {
    const target = reading.openAliases.includes(node.source) ? undefined : node.resolve(reading.document);
    if (target !== undefined)
      return placeNode(target, { ...reading, openAliases: [...reading.openAliases, node.source] });
    reading.faults.fault(place, `alias *${node.source} names no anchor that is complete at this point`);
  }
  return { kind: 'null', place };
}

function placeMap(
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  place: Place,
  reading: Reading,
): PlacedMap {
  const pairs: PlacedPair[] = [];
  const merged: PlacedPair[] = [];
  for (const { key, value } of items) {
    const keyValue = placeNode(key, reading);
    const placed = value === null ? ({ kind: 'null', place: keyValue.place } as const) : placeNode(value, reading);
    if (keyValue.kind !== 'text') reading.faults.fault(keyValue.place, 'a key must be a plain word');
    else if (keyValue.text === '<<' && !keyValue.isQuoted) merged.push(...pairsToMerge(placed));
    else pairs.push({ key: keyValue.text, keyPlace: keyValue.place, value: placed });
  }
  // A key of the mapping itself wins over a merged one, an earlier merged mapping over a later one (YAML merge key, 2005).
  for (const pair of merged) if (!pairs.some(({ key }) => key === pair.key)) pairs.push(pair);
  return { kind: 'map', pairs, place };
}

function pairsToMerge(value: PlacedValue): readonly PlacedPair[] {
  if (value.kind === 'map') return value.pairs;
  return value.kind === 'list' ? value.items.flatMap(pairsToMerge) : [];
}

function offsetOf(node: unknown): number {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}
