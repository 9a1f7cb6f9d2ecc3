import { BuildError } from '../base/build-error.js';
import { nearName } from '../base/near-name.js';
import { orderElements } from './order-elements.js';
import type { ElementDeclaration } from './read-declaration.js';

/** What is needed to resolve a request. */
export interface ResolutionInput {
  /** As asked for; repeats count once. */
  readonly requested: readonly string[];
  /** What a known element declares; undefined for an unknown one. */
  readonly declarationOf: (name: string) => ElementDeclaration | undefined;
  /** All names that could have been meant, for suggestions. */
  readonly knownNames: Iterable<string>;
  /** For messages only. */
  readonly elementDirectories: readonly string[];
}

/** One element of the build, by name. */
export interface ResolvedElement extends ElementDeclaration {
  readonly name: string;
  /** Elements that depend on it, then `command line` when it was asked for. */
  readonly requestedBy: readonly string[];
}

/** The outcome: usable only when there are no faults. */
export interface Resolution {
  /** Dependencies before dependants, otherwise in the order asked for. */
  readonly elements: readonly ResolvedElement[];
  readonly faults: readonly BuildError[];
}

/** What stands in `requestedBy` for elements named by the user. */
export const commandLine = 'command line';

/**
 * Closes a request under dependencies.
 *
 * Breadth first from the requested names. A dependency that another element of the build provides is replaced by the
 * provider, wherever either stands in the lists; what the replaced element had brought in before its provider was seen
 * stays. Cycles and dependencies on oneself are harmless.
 *
 * Faults are all that can be known at once: names that are not plain, unknown elements, names provided twice,
 * requested elements that another one provides, and, when everything was found, a missing operating system.
 */
export function resolveElements(input: ResolutionInput): Resolution {
  const requested = [...new Set(input.requested)];
  const walk = walkDependencies(requested, input.declarationOf);
  const faults = [...invalidNameFaults(walk), ...missingElementFaults(walk, input), ...duplicateProviderFaults(walk)];
  for (const name of requested) {
    const provider = walk.providers.get(name)?.[0];
    if (provider !== undefined) faults.push(requestedButProvidedFault(name, provider));
  }
  const isEverythingFound = walk.unknown.every((name) => walk.providers.has(name));
  if (isEverythingFound && !walk.providers.has('operating-system')) faults.push(operatingSystemFault(requested));
  const order = orderElements({
    requested,
    reached: walk.reached,
    dependenciesOf: (name) => walk.declarations.get(name)?.dependencies ?? [],
    providerOf: (name) => walk.providers.get(name)?.[0],
  });
  const elements = order.flatMap((name) => {
    const declaration = walk.declarations.get(name);
    return declaration === undefined ? [] : [{ name, ...declaration, requestedBy: walk.askers.get(name) ?? [] }];
  });
  return { elements, faults };
}

interface Walk {
  /** Every name that was asked for, in the order it was first seen. */
  readonly reached: readonly string[];
  readonly declarations: ReadonlyMap<string, ElementDeclaration>;
  /** Provided name → elements that provide it, first seen first. */
  readonly providers: ReadonlyMap<string, readonly string[]>;
  /** Names that no directory holds; they may be provided. */
  readonly unknown: readonly string[];
  /** Name → who asked for it. */
  readonly askers: ReadonlyMap<string, readonly string[]>;
  readonly requested: readonly string[];
}

function walkDependencies(
  requested: readonly string[],
  declarationOf: (name: string) => ElementDeclaration | undefined,
): Walk {
  const queue = [...requested];
  const reached = new Set(requested);
  const declarations = new Map<string, ElementDeclaration>();
  const providers = new Map<string, string[]>();
  const unknown: string[] = [];
  const askers = new Map<string, string[]>(requested.map((name) => [name, [commandLine]]));
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    if (providers.has(name)) continue;
    const declaration = isPlainName(name) ? declarationOf(name) : undefined;
    if (declaration === undefined) {
      unknown.push(name);
      continue;
    }
    declarations.set(name, declaration);
    for (const provided of declaration.provides) {
      providers.set(provided, [...(providers.get(provided) ?? []), name]);
    }
    for (const dependency of declaration.dependencies) {
      askers.set(dependency, [...(askers.get(dependency) ?? []), name].sort(commandLineLast));
      if (!reached.has(dependency) && !providers.has(dependency)) queue.push(dependency);
      reached.add(dependency);
    }
  }
  return { reached: [...reached], declarations, providers, unknown, askers, requested };
}

function commandLineLast(one: string, other: string): number {
  return Number(one === commandLine) - Number(other === commandLine);
}

/** Whether a name can be an element's: a single path component. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

function invalidNameFaults(walk: Walk): BuildError[] {
  return walk.unknown
    .filter((name) => !isPlainName(name))
    .map(
      (name) =>
        new BuildError({
          code: 'ELEMENT_DIRECTORY_INVALID',
          message: `"${name}" is not an element name${askedForBy(name, walk)}: a name has no "/" and is not empty`,
          hint: 'name the element, and put its parent directory into ELEMENTS_PATH',
        }),
    );
}

function missingElementFaults(walk: Walk, input: ResolutionInput): BuildError[] {
  return walk.unknown
    .filter((name) => isPlainName(name) && !walk.providers.has(name))
    .map((name) => {
      const near = nearName(name, input.knownNames);
      const hints = [
        ...(name.startsWith('#') ? ['element-deps has no comment syntax'] : []),
        ...(near === undefined ? [] : [`did you mean "${near}"?`]),
        `searched: ${input.elementDirectories.join(', ')}`,
      ];
      return new BuildError({
        code: 'ELEMENT_NOT_FOUND',
        message: `element "${name}" not found${askedForBy(name, walk)}`,
        hint: hints.join('; '),
      });
    });
}

/** ` asked for by "a" → "b"`: from the requested element down to the one that names it; empty for the command line. */
function askedForBy(name: string, walk: Walk): string {
  const chain: string[] = [];
  let asked = name;
  while (!walk.requested.includes(asked)) {
    const asker = walk.askers.get(asked)?.[0];
    if (asker === undefined || chain.includes(asker)) break;
    chain.unshift(asker);
    asked = asker;
  }
  return chain.length === 0 ? '' : `, asked for by ${chain.map((element) => `"${element}"`).join(' → ')}`;
}

function duplicateProviderFaults(walk: Walk): BuildError[] {
  return [...walk.providers].flatMap(([provided, [first, ...others]]) =>
    others.map(
      (other) =>
        new BuildError({
          code: 'ELEMENT_DUPLICATE_PROVIDER',
          message: `"${other}" provides ${provided}: already provided by "${first}"${askedForBy(other, walk)}`,
          hint:
            provided === 'operating-system'
              ? `a build has exactly one operating system: drop "${first}" or "${other}"`
              : `drop "${first}" or "${other}"`,
        }),
    ),
  );
}

function requestedButProvidedFault(name: string, provider: string): BuildError {
  return new BuildError({
    code: 'ELEMENT_DUPLICATE_PROVIDER',
    message: `element "${name}" was asked for but is already provided by "${provider}"`,
    hint: `drop "${name}" or "${provider}"`,
  });
}

function operatingSystemFault(requested: readonly string[]): BuildError {
  return new BuildError({
    code: 'OPERATING_SYSTEM_MISSING',
    message: `no operating system element among ${requested.join(' ')} and their dependencies`,
    hint: 'add an element that provides operating-system, for example debian-minimal',
  });
}
