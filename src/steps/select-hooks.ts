import { compileHookNamePattern } from '../elements/hook-name-pattern.js';
import { compareHookNames } from '../elements/hook-order.js';

/** What a phase directory of the staging directory holds. */
export interface PhaseEntry {
  readonly name: string;
  /** A regular file, or a link to one. */
  readonly isFile: boolean;
  readonly isExecutable: boolean;
}

/** The names of the hooks that run, in order. */
export function selectHooks(entries: readonly PhaseEntry[], namePattern: string): readonly string[] {
  const pattern = compileHookNamePattern(namePattern);
  return entries
    .filter((entry) => entry.isFile && entry.isExecutable && pattern.test(entry.name))
    .map((entry) => entry.name)
    .sort(compareHookNames);
}
