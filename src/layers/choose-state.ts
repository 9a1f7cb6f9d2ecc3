import { BuildError } from '../base/build-error.js';
import type { BuildDecisions } from './build-decisions.js';
import type { Decision } from './layer-record.js';

/** A moment of a build: the end, or the moment before or after a hook. */
export type Moment =
  | { readonly side: 'end' }
  | {
      readonly side: 'before' | 'after' /** `50-name`, `install.d/50-name` or `install/50-name`. */;
      readonly hook: string;
    };

/** The tree of a moment, as layers. */
export interface TreeState {
  /** Bottom first. */
  readonly layerIds: readonly string[];
  /** Changes of the failed hook on top, a directory relative to the store. */
  readonly failedDirectory?: string;
  /** Which moment it is, in words. */
  readonly description: string;
  /** In what it differs from the moment asked for. */
  readonly note?: string;
}

/**
 * Finds the layers that make the tree of a moment. The end of a failed build is what the failed hook left.
 *
 * Hooks that share a layer cannot be told apart, and what hooks beside the tree change is saved before the next hook in
 * it: then the nearest moment is given, with a note.
 *
 * @throws BuildError `USAGE` when the build has no such hook, or several
 */
export function chooseState(build: BuildDecisions, moment: Moment): TreeState {
  if (moment.side === 'end') {
    if (build.failed !== undefined) return stateOfFailure(build, build.failed, []);
    return { layerIds: build.stack, description: 'at the end of the build' };
  }
  const { side, hook } = moment;
  const places = findHook(build, hook);
  const [place] = places;
  if (place === undefined) throw unknownHook(build, hook);
  if (places.length > 1)
    throw new BuildError({
      code: 'USAGE',
      message: `several hooks are called ${hook}: ${places.map((one) => one.label).join(', ')}`,
      hint: 'name one of these',
    });
  const { index, position, label } = place;
  const decision = index === undefined ? undefined : build.decisions[index];
  if (decision === undefined || decision.outcome === 'failed') {
    const earlier = decision?.hooks.slice(0, -1) ?? [];
    if (side === 'after' && position === earlier.length && build.failed !== undefined)
      return stateOfFailure(build, build.failed, earlier);
    const missing = side === 'before' ? decision?.hooks.slice(0, position) : decision?.hooks.slice(0, position + 1);
    return {
      layerIds: build.stack,
      description: `${side} ${label}`,
      ...((missing ?? []).length === 0
        ? {}
        : { note: `without what ${missing?.join(', ')} did: no layer was made of it` }),
    };
  }
  if (isSavedLater(decision)) return stateAround(build, index ?? 0, side, label);
  const together = decision.hooks.join(', ');
  const isExact = side === 'before' ? position === 0 : position === decision.hooks.length - 1;
  return {
    layerIds: build.stack.slice(0, side === 'before' ? depthBefore(decision) : decision.depth),
    description: `${side} ${label}`,
    ...(isExact ? {} : { note: `${together} share a layer: this is the tree ${side} all of them` }),
  };
}

/** What a hook did whose changes are saved only when the next one in the tree comes. */
function stateAround(build: BuildDecisions, index: number, side: 'before' | 'after', label: string): TreeState {
  const { decisions, stack } = build;
  const isOpen = (at: number): boolean => {
    const decision = decisions[at];
    return decision !== undefined && isSavedLater(decision);
  };
  let first = index;
  while (isOpen(first - 1)) first -= 1;
  let last = index;
  while (isOpen(last + 1)) last += 1;
  const next = decisions[last + 1];
  const depth =
    side === 'before' ? (decisions[first]?.depth ?? 0) : next === undefined ? stack.length : depthBefore(next);
  const isExact = index === (side === 'before' ? first : last);
  const together = decisions.slice(first, last + 1).flatMap((decision) => decision.hooks);
  return {
    layerIds: stack.slice(0, depth),
    description: `${side} ${label}`,
    ...(isExact
      ? {}
      : { note: `what ${together.join(', ')} did was saved together: this is the tree ${side} all of them` }),
  };
}

function stateOfFailure(
  build: BuildDecisions,
  failed: NonNullable<BuildDecisions['failed']>,
  earlier: readonly string[],
): TreeState {
  return {
    layerIds: build.stack,
    failedDirectory: failed.directory,
    description: `as ${failed.phase}.d/${failed.hook} left it when it failed`,
    ...(earlier.length === 0 ? {} : { note: `with what ${earlier.join(', ')} did before it` }),
  };
}

/** Host hooks, and hooks that are never kept: their changes become a layer that belongs to no decision. */
function isSavedLater(decision: Decision): boolean {
  if (decision.outcome !== 'run' || decision.layer !== undefined) return false;
  return decision.because.some(
    (cause) => cause === 'host hooks run each time' || cause === 'declared never to be kept',
  );
}

function depthBefore(decision: Decision): number {
  return decision.depth - (decision.layer === undefined ? 0 : 1);
}

interface HookPlaceInBuild {
  /** Of the decision; undefined for a failed hook that no decision names. */
  readonly index: number | undefined;
  readonly position: number;
  readonly label: string;
}

function findHook(build: BuildDecisions, hook: string): readonly HookPlaceInBuild[] {
  const wanted = hook.replace(/^([a-z-]+?)(?:\.d)?\//, '$1.d/');
  const found: HookPlaceInBuild[] = [];
  for (const [index, decision] of build.decisions.entries()) {
    for (const [position, name] of decision.hooks.entries()) {
      const label = `${decision.phase}.d/${name}`;
      if (wanted === name || wanted === label) found.push({ index, position, label });
    }
  }
  if (build.failed === undefined) return found;
  const label = `${build.failed.phase}.d/${build.failed.hook}`;
  const isKnown = found.some((place) => place.label === label);
  if (!isKnown && (wanted === build.failed.hook || wanted === label))
    found.push({ index: undefined, position: 0, label });
  return found;
}

function unknownHook(build: BuildDecisions, hook: string): BuildError {
  const names = build.decisions.flatMap((decision) => decision.hooks.map((name) => `${decision.phase}.d/${name}`));
  return new BuildError({
    code: 'USAGE',
    message: `the last build of ${build.imagePath} ran no hook ${hook}`,
    hint: names.length === 0 ? 'it ran none at all' : `it ran ${names.join(', ')}`,
  });
}
