import type { ImageDefinition } from './image-definition-schema.js';

/** One image to build: all entries of its name merged. */
export interface MergedImage {
  /** The effective name, `image` where none was ever given. */
  readonly name: string;
  /** Has `imagename` only where an entry spelled it. */
  readonly definition: ImageDefinition;
}

/**
 * Merges entries of the same name into the first of them.
 *
 * An entry without a name takes that of the entry before. Lists append, maps update key by key, other values replace.
 */
export function mergeImageDefinitions(definitions: readonly ImageDefinition[]): readonly MergedImage[] {
  const merged = new Map<string, ImageDefinition>();
  let name = 'image';
  for (const definition of definitions) {
    name = definition.imagename ?? name;
    merged.set(name, mergeDefinition(merged.get(name) ?? {}, definition));
  }
  return [...merged].map(([imageName, definition]) => ({ name: imageName, definition }));
}

function mergeDefinition(into: ImageDefinition, from: ImageDefinition): ImageDefinition {
  const result: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const known = result[key];
    if (Array.isArray(known) && Array.isArray(value)) result[key] = [...known, ...value];
    else if (isMap(known) && isMap(value)) result[key] = { ...known, ...value };
    else result[key] = value;
  }
  return result as ImageDefinition;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
