import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { BuildError, hasErrorCode } from '../base/build-error.js';
import type { BlockDeviceState } from './block-device-plugin.js';

/** Reads the parameters file: a YAML mapping, each value as text, null left out. @throws BuildError `FILE_UNREADABLE`, `YAML_INVALID` */
export async function readParameters(path: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new BuildError({ code: 'FILE_UNREADABLE', message: `parameters ${path}: ${error.message}`, cause: error });
  });
  let values: unknown;
  try {
    // Every scalar stays the text that it is: a label 1234 is no number.
    values = parse(text, { schema: 'failsafe' });
  } catch (error) {
    throw new BuildError({ code: 'YAML_INVALID', message: `parameters ${path}: ${(error as Error).message}` });
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw new BuildError({ code: 'YAML_INVALID', message: `parameters ${path}: not a mapping of names to values` });
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string' && !['', '~', 'null'].includes(value) ? [[name, value]] : [],
    ),
  );
}

/** A parameter that must be there. @throws BuildError `USAGE` */
export function requireParameter(parameters: Readonly<Record<string, string>>, name: string): string {
  const value = parameters[name];
  if (value !== undefined) return value;
  throw new BuildError({ code: 'USAGE', message: `the parameters file has no "${name}"` });
}

/** What must be released, in the order it was made. */
export type MadeThing =
  | { readonly kind: 'image'; readonly path: string }
  | { readonly kind: 'loop'; readonly device: string; readonly path: string }
  | { readonly kind: 'mount'; readonly path: string; readonly type: string };

/** The files of the state, below `<build-dir>/states/block-device`. */
export interface StateFiles {
  readonly directory: string;
  writeConfig(config: unknown): Promise<void>;
  readConfig(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  writeState(state: BlockDeviceState): Promise<void>;
  readState(): Promise<BlockDeviceState>;
  writeNodes(made: readonly MadeThing[]): Promise<void>;
  /** Undefined when nothing was made. */
  readNodes(): Promise<readonly MadeThing[] | undefined>;
  writeFstab(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** The files of one build. */
export function stateFilesOf(buildDirectory: string): StateFiles {
  const directory = join(buildDirectory, 'states/block-device');
  const write = async (name: string, value: unknown): Promise<void> => {
    await mkdir(directory, { recursive: true });
    await replaceFile(join(directory, name), typeof value === 'string' ? value : `${JSON.stringify(value)}\n`);
  };
  const read = async <Value>(name: string): Promise<Value | undefined> => {
    try {
      return JSON.parse(await readFile(join(directory, name), 'utf8')) as Value;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
      throw error;
    }
  };
  const missing = (what: string, hint: string): BuildError =>
    new BuildError({ code: 'FILE_UNREADABLE', message: `${what} not found in ${directory}`, hint });
  return {
    directory,
    writeConfig: (config) => write('config.json', config),
    async readConfig() {
      const config = await read<readonly Readonly<Record<string, unknown>>[]>('config.json');
      if (config === undefined) throw missing('config.json', 'run "dib-block-device init" first');
      return config;
    },
    writeState: (state) => write('state.json', state),
    async readState() {
      const state = await read<BlockDeviceState>('state.json');
      if (state === undefined) throw missing('the state dump state.json', 'run "dib-block-device create" first');
      return state;
    },
    writeNodes: (made) => write('nodes.json', made),
    readNodes: () => read('nodes.json'),
    async writeFstab(text) {
      await write('fstab', text);
      const path = join(buildDirectory, 'built/etc/fstab');
      await mkdir(dirname(path), { recursive: true });
      if (!(await lstat(dirname(path))).isDirectory())
        throw new BuildError({ code: 'OUTPUT_UNWRITABLE', message: `${dirname(path)} is no directory` });
      await replaceFile(path, text);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Beside the path, then renamed: a link at the path leads nowhere. */
async function replaceFile(path: string, text: string): Promise<void> {
  await rm(`${path}.dib-new`, { force: true });
  await writeFile(`${path}.dib-new`, text, { mode: 0o644, flag: 'wx' });
  await rename(`${path}.dib-new`, path);
}
