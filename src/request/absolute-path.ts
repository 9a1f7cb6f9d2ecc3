import { isAbsolute, normalize, resolve } from 'node:path';

/** What paths are relative to. */
export interface PathBases {
  /** Absolute. */
  readonly workingDirectory: string;
  /** Absolute; what a leading `~` stands for. */
  readonly homeDirectory: string;
}

/** Makes a path absolute: a leading `~` or `~/` is the home directory, the rest is relative to the working directory. */
export function absolutePath(path: string, bases: PathBases): string {
  const expanded = expandHome(path, bases.homeDirectory);
  return isAbsolute(expanded)
    ? normalize(expanded).replace(/(?<=.)\/$/, '')
    : resolve(bases.workingDirectory, expanded);
}

/** Replaces a leading `~` that stands alone or before a slash; `~user` stays. */
export function expandHome(path: string, homeDirectory: string): string {
  return path === '~' || path.startsWith('~/') ? homeDirectory + path.slice(1) : path;
}
