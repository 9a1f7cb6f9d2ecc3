import { readFileSync } from 'node:fs';
import { isMap, isNode, isPair, isScalar, LineCounter, type ParsedNode, parseAllDocuments, type Tags } from 'yaml';
import type { z } from 'zod';
import { BuildError, throwFaults } from '../base/build-error.js';
import { hintNearName } from '../base/near-name.js';
import { type ImageDefinition, imageDefinitionSchema, imageDefinitionsSchema } from './image-definition-schema.js';

/**
 * Reads the image definitions of all files, one list after the other.
 *
 * YAML 1.1, so `yes` and `no` are booleans.
 *
 * @throws BuildError or BuildErrors with every fault of every file, each with file, line and column:
 *   `FILE_UNREADABLE`, `YAML_INVALID`
 */
export function loadImageDefinitions(paths: readonly string[]): readonly ImageDefinition[] {
  const faults: BuildError[] = [];
  const definitions = paths.flatMap((path) => {
    const text = readText(path, faults);
    return text === undefined ? [] : parseImageDefinitions(text, path, faults);
  });
  throwFaults(faults);
  return definitions;
}

function readText(path: string, faults: BuildError[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    faults.push(
      new BuildError({ code: 'FILE_UNREADABLE', message: `cannot read ${path}: ${error.message}`, cause: error }),
    );
    return undefined;
  }
}

/** Parses the text of one file; faults are added to the list, and what is given is of use only without any. */
export function parseImageDefinitions(text: string, path: string, faults: BuildError[]): readonly ImageDefinition[] {
  const lineCounter = new LineCounter();
  const whereAt = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const add = (message: string, where: string, hint?: string): void => {
    faults.push(new BuildError({ code: 'YAML_INVALID', message, where, ...(hint === undefined ? {} : { hint }) }));
  };
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: withoutSingleLetterBooleans,
    lineCounter,
    prettyErrors: false,
  });
  const [document, second] = 'empty' in documents ? [] : documents;
  if (second !== undefined) add('the file holds more than one YAML document', whereAt(second.range[0]));
  const errors = document?.errors ?? [];
  for (const error of errors) add(error.message, whereAt(error.pos[0]));
  if (errors.length > 0 || second !== undefined) return [];
  const value: unknown = document?.toJS();
  if (!Array.isArray(value)) {
    add('the file must contain a list of image definitions', whereAt(document?.contents?.range[0] ?? 0));
    return [];
  }
  const checked = imageDefinitionsSchema.safeParse(value);
  if (checked.success) return checked.data;
  for (const issue of checked.error.issues) {
    for (const { message, path: issuePath, hint } of explain(issue, value))
      add(message, whereAt(offsetOf(document?.contents ?? null, issuePath)), hint);
  }
  return [];
}

/** YAML 1.1 takes `y` and `n` for booleans; the loaders that image files were written for never did. */
function withoutSingleLetterBooleans(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:bool' || tag.collection !== undefined) return tag;
    const words =
      tag.test?.test('yes') === true
        ? /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/
        : /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/;
    return { ...tag, test: words };
  });
}

type IssuePath = readonly PropertyKey[];

interface Explanation {
  readonly message: string;
  readonly path: IssuePath;
  readonly hint?: string;
}

/** An issue in words: one explanation for each unknown key, otherwise one. */
function explain(issue: z.core.$ZodIssue, value: readonly unknown[]): readonly Explanation[] {
  const [index = 0, ...rest] = issue.path;
  const entry = `image ${Number(index) + 1}`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const hint = hintNearName(key, Object.keys(imageDefinitionSchema.shape));
      return {
        message: `${entry} has the unknown key "${key}"`,
        path: [...issue.path, key],
        ...(hint === undefined ? {} : { hint }),
      };
    });
  }
  const key = rest.map(String).join('.');
  const given = issue.path.reduce<unknown>(
    (current, step) => (current as Readonly<Record<PropertyKey, unknown>> | undefined)?.[step],
    value,
  );
  const near =
    issue.code === 'invalid_value' && typeof given === 'string'
      ? hintNearName(given, issue.values.map(String))
      : undefined;
  const isUnquoted =
    issue.code === 'invalid_type' && issue.expected === 'string' && /^(number|boolean)$/.test(typeof given);
  return [
    {
      message: `${entry}${key === '' ? '' : `, ${key}`}: ${issue.message}`,
      path: issue.path,
      ...(isUnquoted ? { hint: `write it in quotes: "${String(given)}"` } : {}),
      ...(near === undefined ? {} : { hint: near }),
      ...(given === null ? { hint: 'give it a value or remove the key' } : {}),
    },
  ];
}

/** Where the key or the item at a path starts, or the nearest enclosing place. */
function offsetOf(root: ParsedNode | null, path: IssuePath): number {
  let offset = root?.range[0] ?? 0;
  let node: unknown = root;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) return offset;
      const place = isLast && isNode(pair.key) ? pair.key : pair.value;
      if (isNode(place)) offset = place.range?.[0] ?? offset;
      node = pair.value;
    } else if (isNode(node) && 'items' in node) {
      node = (node.items as readonly unknown[])[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
