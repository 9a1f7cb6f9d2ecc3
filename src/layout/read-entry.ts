import type { SizeSpec } from '../model/layout.js';
import type { FaultList, Place } from './fault-list.js';
import { acceptedUnits, readSize } from './parse-size.js';
import { describeValue, type PlacedMap, type PlacedValue, valueOfKey } from './placed-value.js';
import { resolveYaml11Integer } from './resolve-yaml11-scalar.js';
import { splitOptions } from './split-options.js';

/** A word with its place, to point at when it names nothing. */
export interface PlacedWord {
  readonly text: string;
  readonly place: Place;
}

/** Reads the keys of one mapping; wrong values become faults that name the mapping, and read as absent. */
export interface EntryReader {
  readonly place: Place;
  has(key: string): boolean;
  /** Text as written, numbers included; null reads as absent. */
  text(key: string): PlacedWord | undefined;
  /** As `text`, a fault when absent or empty. */
  requiredText(key: string): PlacedWord | undefined;
  integer(key: string): number | undefined;
  size(key: string, options: { readonly isPercentAllowed: boolean }): SizeSpec | undefined;
  /** A list of words. */
  words(key: string): readonly PlacedWord[];
  /** A list of words, or one text split at blanks outside quotes. */
  options(key: string): readonly string[];
  /** A list of mappings. */
  items(key: string): readonly PlacedMap[];
}

/** Opens a mapping for reading; `what` names it in faults, for example `partition "root"`. */
export function readEntry(map: PlacedMap, place: Place, what: string, faults: FaultList): EntryReader {
  const wrong = (key: string, value: PlacedValue, wanted: string, hint?: string): undefined => {
    faults.fault(value.place, `${key} of ${what} must be ${wanted}, found ${describeValue(value)}`, hint);
    return undefined;
  };
  const given = (key: string): PlacedValue | undefined => {
    const value = valueOfKey(map, key);
    return value?.kind === 'null' ? undefined : value;
  };
  const text = (key: string): PlacedWord | undefined => {
    const value = given(key);
    if (value === undefined) return undefined;
    return value.kind === 'text' ? value : wrong(key, value, 'one text');
  };
  const list = (key: string): readonly PlacedValue[] => {
    const value = given(key);
    if (value === undefined) return [];
    return value.kind === 'list' ? value.items : (wrong(key, value, 'a list') ?? []);
  };
  const words = (key: string, values: readonly PlacedValue[]): readonly PlacedWord[] =>
    values.flatMap((value) => (value.kind === 'text' ? [value] : (wrong(key, value, 'a list of words') ?? [])));
  return {
    place,
    has: (key) => given(key) !== undefined,
    text,
    requiredText(key) {
      const word = text(key);
      if (word !== undefined && word.text !== '') return word;
      if (given(key) === undefined || word?.text === '') faults.fault(word?.place ?? place, `${what} needs "${key}"`);
      return undefined;
    },
    integer(key) {
      const value = given(key);
      if (value === undefined) return undefined;
      const number = value.kind === 'text' ? resolveYaml11Integer(value.text) : undefined;
      return number !== undefined && number >= 0 ? number : wrong(key, value, 'a whole number');
    },
    size(key, { isPercentAllowed }) {
      const value = given(key);
      if (value === undefined) return undefined;
      const size = readSize(value);
      if (size.kind === 'wrong')
        return wrong(key, value, `a size (${size.reason})`, `units: ${acceptedUnits}; or none for bytes`);
      if (size.kind === 'percent' && !isPercentAllowed) return wrong(key, value, 'an absolute size');
      return size;
    },
    words: (key) => words(key, list(key)),
    options(key) {
      const value = given(key);
      return value?.kind === 'text' ? splitOptions(value.text) : words(key, list(key)).map((word) => word.text);
    },
    items: (key) =>
      list(key).flatMap((item) => (item.kind === 'map' ? [item] : (wrong(key, item, 'a list of mappings') ?? []))),
  };
}
