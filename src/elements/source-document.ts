import { readFileSync } from 'node:fs';
import { Document, isAlias, isMap, isNode, LineCounter, type Node, parseDocument, Scalar } from 'yaml';
import type { z } from 'zod';
import { BuildError } from '../base/build-error.js';
import { nearName } from '../base/near-name.js';

/** A declaration file of an element, parsed, with the place of everything in it. */
export interface SourceDocument {
  readonly path: string;
  /** The top of the document; `null` when the file is empty or holds only comments. */
  readonly root: Node | null;
  /** `path:line:column` of a node, or the path alone when the place is not known. */
  readonly whereOf: (node: unknown) => string;
  /** The plain value of a node. */
  readonly valueOf: (node: unknown) => unknown;
  /** The node itself, or what an alias stands for. */
  readonly resolve: (node: unknown) => unknown;
}

/** One entry of a map, with its key as it is written. */
export interface SourceEntry {
  readonly key: string;
  readonly keyNode: unknown;
  readonly valueNode: unknown;
}

/**
 * Reads a YAML file (JSON is a part of it) as the original's parser understood it: YAML 1.1 words such as `yes`,
 * of equal keys the last one counts.
 *
 * @param faults gets a `YAML_INVALID` for the first syntax fault
 * @returns undefined when the file cannot be parsed
 */
export function readYamlSource(path: string, faults: BuildError[]): SourceDocument | undefined {
  const text = readFileSync(path, 'utf8');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter, uniqueKeys: false, prettyErrors: false });
  if (document.errors.length === 0) return sourceDocument(path, document, lineCounter);
  const json = parseJson(text);
  if ('value' in json) return sourceDocument(path, new Document(json.value), undefined);
  // Later faults mostly follow from the first.
  const [error] = document.errors;
  if (error === undefined) return undefined;
  faults.push(
    new BuildError({
      code: 'YAML_INVALID',
      message: `${path} is not valid YAML: ${error.message}`,
      where: placeOf(path, error.pos[0], lineCounter),
    }),
  );
  return undefined;
}

/**
 * Reads a file that must be strict JSON, since programs in the target read it too.
 *
 * @param faults gets a `YAML_INVALID` when it is not
 */
export function readJsonSource(path: string, faults: BuildError[]): SourceDocument | undefined {
  const text = readFileSync(path, 'utf8');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter, uniqueKeys: false, prettyErrors: false });
  const json = parseJson(text);
  if ('value' in json) {
    return document.errors.length === 0
      ? sourceDocument(path, document, lineCounter)
      : sourceDocument(path, new Document(json.value), undefined);
  }
  faults.push(
    new BuildError({
      code: 'YAML_INVALID',
      message: `${path} is not valid JSON: ${json.reason}`,
      where: placeOf(path, json.offset, lineCounter),
    }),
  );
  return undefined;
}

/** The entries of a map node in the order of the file; of equal keys the last. Undefined when it is not a map. */
export function entriesOf(document: SourceDocument, node: unknown): readonly SourceEntry[] | undefined {
  const resolved = document.resolve(node);
  if (!isMap(resolved)) return undefined;
  const entries = new Map<string, SourceEntry>();
  for (const pair of resolved.items) {
    const key = keyText(pair.key);
    entries.set(key, { key, keyNode: pair.key, valueNode: pair.value });
  }
  return [...entries.values()];
}

/**
 * Checks a node's value against a schema.
 *
 * @param subject what the value is, for messages, for example `package "curl"`
 * @param faults gets a `PACKAGE_RULE_INVALID` with line and column for each thing that does not fit
 * @returns the parsed value, or undefined
 */
export function checkNode<Schema extends z.ZodType>(options: {
  readonly document: SourceDocument;
  readonly node: unknown;
  readonly schema: Schema;
  readonly subject: string;
  readonly knownKeys: readonly string[];
  readonly faults: BuildError[];
}): z.output<Schema> | undefined {
  const { document, node, schema, subject, knownKeys, faults } = options;
  const value = document.valueOf(node);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const near = nearName(key, knownKeys);
        faults.push(
          ruleFault({
            message: `${subject}: unknown key "${key}"`,
            hint: near === undefined ? `known keys: ${knownKeys.join(', ')}` : `did you mean "${near}"?`,
            where: document.whereOf(keyNodeAt(document, nodeAt(document, node, issue.path), key)),
          }),
        );
      }
      continue;
    }
    const found = valueAt(value, issue.path);
    const place = issue.path.length === 0 ? '' : ` ${issue.path.map(String).join('.')}`;
    const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : [];
    const near = typeof found === 'string' ? nearName(found, allowed) : undefined;
    faults.push(
      ruleFault({
        message:
          allowed.length > 0
            ? `${subject}:${place} ${JSON.stringify(found)} is none of ${allowed.join(', ')}`
            : `${subject}:${place} ${JSON.stringify(found)} cannot be used: ${issue.message}`,
        ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
        where: document.whereOf(nodeAt(document, node, issue.path)),
      }),
    );
  }
  return undefined;
}

/** A fault of a declaration file. */
export function ruleFault(details: {
  readonly message: string;
  readonly hint?: string;
  readonly where?: string;
}): BuildError {
  return new BuildError({ code: 'PACKAGE_RULE_INVALID', ...details });
}

function sourceDocument(path: string, document: Document, lineCounter: LineCounter | undefined): SourceDocument {
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return {
    path,
    root: document.contents as Node | null,
    resolve,
    valueOf: (node) => (isNode(node) ? node.toJS(document) : node),
    whereOf: (node) => {
      const offset = isNode(node) ? node.range?.[0] : undefined;
      return offset === undefined || offset === null || lineCounter === undefined
        ? path
        : placeOf(path, offset, lineCounter);
    },
  };
}

function placeOf(path: string, offset: number, lineCounter: LineCounter): string {
  const { line, col } = lineCounter.linePos(offset);
  return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
}

type ParsedJson = { readonly value: unknown } | { readonly reason: string; readonly offset: number };

function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    const reason = error.message
      .replace(/ \(line \d+ column \d+\)/, '')
      .replace(/ in JSON at position \d+.*/s, '')
      .replace(/\n[\s\S]*/, '');
    return { reason, offset: position === undefined ? text.length : Number(position) };
  }
}

/** Keys are names: `1.10` and `no` stay as they are written. */
function keyText(key: unknown): string {
  if (key instanceof Scalar) return key.source ?? String(key.value);
  return String(key);
}

function keyNodeAt(document: SourceDocument, node: unknown, key: string): unknown {
  return entriesOf(document, node)?.find((entry) => entry.key === key)?.keyNode ?? node;
}

function nodeAt(document: SourceDocument, node: unknown, path: readonly PropertyKey[]): unknown {
  let current = document.resolve(node);
  for (const part of path) {
    const next =
      current !== null && typeof current === 'object' && 'get' in current && typeof current.get === 'function'
        ? current.get(part, true)
        : undefined;
    if (next === undefined || next === null) return current;
    current = document.resolve(next);
  }
  return current;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (current === null || typeof current !== 'object') return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}
