import type { Place } from './fault-list.js';

/** A value of a YAML text with its place. Scalars keep the text that the user wrote. */
export type PlacedValue = PlacedText | PlacedNull | PlacedList | PlacedMap;

export interface PlacedText {
  readonly kind: 'text';
  readonly text: string;
  /** Quoted and block scalars are never numbers. */
  readonly isQuoted: boolean;
  readonly place: Place;
}

export interface PlacedNull {
  readonly kind: 'null';
  readonly place: Place;
}

export interface PlacedList {
  readonly kind: 'list';
  readonly items: readonly PlacedValue[];
  readonly place: Place;
}

export interface PlacedMap {
  readonly kind: 'map';
  readonly pairs: readonly PlacedPair[];
  readonly place: Place;
}

export interface PlacedPair {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: PlacedValue;
}

/** The value of a key, or undefined. */
export function valueOfKey(map: PlacedMap, key: string): PlacedValue | undefined {
  return map.pairs.find((pair) => pair.key === key)?.value;
}

/** A text as if it stood in quotes at the place. */
export function placedText(text: string, place: Place): PlacedText {
  return { kind: 'text', text, isQuoted: true, place };
}

/** What a message calls the value: `a list`, `text "abc"`. */
export function describeValue(value: PlacedValue): string {
  switch (value.kind) {
    case 'text':
      return JSON.stringify(value.text);
    case 'null':
      return 'nothing';
    case 'list':
      return 'a list';
    case 'map':
      return 'a mapping';
  }
}
