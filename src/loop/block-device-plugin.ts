import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { BuildError } from '../base/build-error.js';

/** What a plugin's nodes see and may add to while the disk is made. The object is `state.json`. */
export type BlockDeviceState = Record<string, unknown> & {
  blockdev?: Record<string, { device: string; image?: string }>;
};

/** What {@link BlockDeviceNode.create} is handed. */
export interface BlockDeviceNodeContext {
  readonly state: BlockDeviceState;
  /** Registers what takes a step back when a later one fails; run in reverse order, each whatever the others do. */
  readonly onUndo: (name: string, undo: () => void | Promise<void>) => void;
}

/** One thing that a plugin makes. Each command is a process of its own: a node keeps nothing but what is in the state. */
export interface BlockDeviceNode {
  readonly name: string;
  /** After everything of the layout is made and mounted, in the order of the configuration. */
  create(context: BlockDeviceNodeContext): Promise<void>;
  /** Before anything of the layout is unmounted, in reverse order. May be called twice. */
  umount?(state: BlockDeviceState): Promise<void>;
  cleanup?(state: BlockDeviceState): Promise<void>;
  delete?(state: BlockDeviceState): Promise<void>;
}

/** A kind of entry in the configuration: `- NAME: { name: …, … }`. A module exports a list of them as `plugins`. */
export interface BlockDevicePlugin {
  /** The key of its entries. */
  readonly name: string;
  /**
   * @param entry the mapping of the entry
   * @param parameters those of the parameters file
   * @throws what is wrong with the entry; shown as it is
   */
  open(
    entry: Readonly<Record<string, unknown>>,
    parameters: Readonly<Record<string, string>>,
  ): readonly BlockDeviceNode[];
}

/**
 * Loads plugins.
 *
 * @param paths module files, separated by colons; relative ones from the working directory
 * @throws BuildError `FILE_UNREADABLE` for a module that cannot be loaded or exports no plugins
 */
export async function loadPlugins(paths: string, workingDirectory: string): Promise<readonly BlockDevicePlugin[]> {
  const loaded: BlockDevicePlugin[] = [];
  for (const path of paths.split(':').filter((entry) => entry !== '')) {
    const file = isAbsolute(path) ? path : resolve(workingDirectory, path);
    const module = await import(pathToFileURL(file).href).catch((error: Error) => {
      throw unusable(file, error.message, error);
    });
    const { plugins } = module as { readonly plugins?: unknown };
    if (!Array.isArray(plugins) || !plugins.every(isPlugin))
      throw unusable(file, 'it exports no list "plugins" of objects with name and open');
    loaded.push(...plugins);
  }
  return loaded;
}

/** The configuration without the entries of plugins, and those entries. */
export interface SplitConfig {
  /** Everything else, at the same lines and columns. */
  readonly text: string;
  readonly entries: readonly { readonly plugin: string; readonly values: Readonly<Record<string, unknown>> }[];
}

/** Takes the entries of plugins out of a configuration; they stand at its top level. */
export function splitConfig(text: string, plugins: readonly BlockDevicePlugin[]): SplitConfig {
  const names = new Set(plugins.map(({ name }) => name));
  const document = parseDocument(text, { version: '1.1' });
  const items: unknown = document.contents === null || document.errors.length > 0 ? [] : document.toJS();
  if (names.size === 0 || !Array.isArray(items)) return { text, entries: [] };
  let rest = text;
  const entries: { plugin: string; values: Readonly<Record<string, unknown>> }[] = [];
  const nodes = (document.contents as { readonly items?: readonly { readonly range?: readonly number[] }[] }).items;
  for (const [index, item] of items.entries()) {
    const [plugin, ...others] = typeof item === 'object' && item !== null ? Object.keys(item) : [];
    if (plugin === undefined || others.length > 0 || !names.has(plugin)) continue;
    entries.push({ plugin, values: (item as Record<string, Record<string, unknown>>)[plugin] ?? {} });
    const [start = 0, end = 0] = nodes?.[index]?.range ?? [];
    const from = Math.max(0, rest.lastIndexOf('-', start));
    rest = rest.slice(0, from) + rest.slice(from, end).replace(/[^\n]/g, ' ') + rest.slice(end);
  }
  return { text: rest, entries };
}

function isPlugin(value: unknown): value is BlockDevicePlugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as BlockDevicePlugin).name === 'string' &&
    typeof (value as BlockDevicePlugin).open === 'function'
  );
}

function unusable(file: string, why: string, cause?: unknown): BuildError {
  return new BuildError({
    code: 'FILE_UNREADABLE',
    message: `plugin ${file} cannot be used: ${why}`,
    hint: 'see docs/disk-modes.md for the interface',
    ...(cause === undefined ? {} : { cause }),
  });
}
