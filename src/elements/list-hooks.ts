import { posix } from 'node:path';
import { BuildError, throwFaults } from '../base/build-error.js';
import type { Element, ElementFile, ElementSet, PlannedHook } from '../model/element.js';
import type { Phase } from '../model/phase.js';
import { compileHookNamePattern } from './hook-name-pattern.js';
import { compareHookNames } from './hook-order.js';

/** What the hook directory of a phase holds, over all elements. */
export interface HookListing {
  /** In the order in which they run. */
  readonly hooks: readonly PlannedHook[];
  /** One for each file that lies in a hook directory and does not run, and why. */
  readonly warnings: readonly string[];
  /** `HOOK_DUPLICATE` for each name that two elements ship. */
  readonly faults: readonly BuildError[];
}

/**
 * The hooks of a phase in the order in which they run: by leading number, then by bytes.
 *
 * A hook is a regular file, or a link to one, directly in `<phase>.d`, executable, whose name matches the pattern
 * (`RUN_PARTS_REGEX`). What it lists is foreseen: hooks may add to later phases.
 *
 * @throws BuildError `HOOK_DUPLICATE`, all together; `VARIABLE_INVALID` for a bad pattern
 */
export function listHooks(elementSet: ElementSet, phase: Phase, hookNamePattern: string): readonly PlannedHook[] {
  const listing = inspectHooks(elementSet.elements, phase, hookNamePattern);
  throwFaults(listing.faults);
  return listing.hooks;
}

/** As {@link listHooks}, but gives the faults and the warnings as values. */
export function inspectHooks(elements: readonly Element[], phase: Phase, hookNamePattern: string): HookListing {
  const isHookName = compileHookNamePattern(hookNamePattern);
  const directory = `${phase}.d`;
  const hooks = new Map<string, PlannedHook>();
  const owners = new Map<string, Element>();
  const warnings: string[] = [];
  const faults: BuildError[] = [];
  for (const element of elements) {
    for (const file of element.files) {
      if (posix.dirname(file.path) !== directory) continue;
      const name = posix.basename(file.path);
      if (name.startsWith('.')) continue;
      const owner = owners.get(name);
      if (owner !== undefined) {
        faults.push(duplicateHook(file.path, owner, element));
        continue;
      }
      owners.set(name, element);
      const ignored = isHookName.test(name)
        ? reasonNotRunnable(file, elements)
        : `its name does not match ${hookNamePattern}`;
      if (ignored === undefined) hooks.set(name, { phase, name, element: element.name, digest: file.digest });
      else if (!isKnownData(name, element)) warnings.push(`${element.name}: ${file.path} does not run: ${ignored}`);
    }
  }
  return {
    hooks: [...hooks.values()].sort((one, other) => compareHookNames(one.name, other.name)),
    warnings,
    faults,
  };
}

/** The fault of two elements that ship the same file directly in the same directory. */
export function duplicateHook(path: string, first: Element, second: Element): BuildError {
  return new BuildError({
    code: 'HOOK_DUPLICATE',
    message: `elements "${first.name}" and "${second.name}" both ship ${path}`,
    where: `${first.directory}/${path}, ${second.directory}/${path}`,
    hint: 'rename one of them, or leave out one of the elements',
  });
}

/** Package lists of the old text form lie beside the hooks on purpose. */
function isKnownData(name: string, element: Element): boolean {
  return name === `package-installs-${element.name}`;
}

function reasonNotRunnable(file: ElementFile, elements: readonly Element[]): string | undefined {
  if (file.kind === 'file') return isExecutable(file.mode) ? undefined : 'it is not executable';
  const target = file.linkTarget ?? '';
  // Where an absolute link leads is known only where the phase runs.
  if (target.startsWith('/')) return undefined;
  const targetPath = posix.normalize(posix.join(posix.dirname(file.path), target));
  // Links are kept as they are, so they resolve in the merged tree.
  const behind = elements.flatMap((element) => element.files).find((candidate) => candidate.path === targetPath);
  if (behind === undefined) return `it is a link to ${target}, which no element ships`;
  if (behind.kind === 'link') return undefined;
  return isExecutable(behind.mode) ? undefined : `it is a link to ${target}, which is not executable`;
}

function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}
