import { familyOfDistribution } from '../elements/pkg-family-table.js';
import { factsOf, type LintFile } from './lint-file.js';
import type { LintElement } from './read-element.js';

/** All elements that can be named, and what they give to others. */
export interface Library {
  readonly elements: ReadonlyMap<string, LintElement>;
  /** Files of the directory of shell functions. */
  readonly libraryFiles: readonly LintFile[];
  /** Names that each element stands for, the other way round. */
  readonly providersOf: ReadonlyMap<string, readonly string[]>;
  /** The element and all that it needs, nearest first; a provided name stands for all its providers. */
  readonly closureOf: (name: string) => ReadonlySet<string>;
  /** Variables that the element's environment.d exports. */
  readonly exportsOf: (name: string) => ReadonlySet<string>;
  /** Programs in the element's `bin`. */
  readonly programsOf: (name: string) => ReadonlySet<string>;
  /** Elements that export a variable. */
  readonly exportersOf: (variable: string) => readonly string[];
  /** Elements that ship a program. */
  readonly ownersOfProgram: (program: string) => readonly string[];
  readonly families: ReadonlySet<string>;
}

/** Puts an index over elements; everything is worked out when first asked for. */
export function indexLibrary(elements: readonly LintElement[], libraryFiles: readonly LintFile[]): Library {
  const byName = new Map(elements.map((element) => [element.name, element]));
  const providersOf = new Map<string, string[]>();
  for (const { name, element } of elements)
    for (const provided of element.provides) providersOf.set(provided, [...(providersOf.get(provided) ?? []), name]);
  const exportsOf = remember((name) => {
    const files = byName.get(name)?.files.filter((file) => file.role.kind === 'environment') ?? [];
    return new Set(files.flatMap((file) => [...factsOf(file).exportedNames]));
  });
  const programsOf = remember((name) => {
    const files = byName.get(name)?.files.filter((file) => file.role.kind === 'program') ?? [];
    return new Set(files.map((file) => file.relativePath.slice('bin/'.length)));
  });
  const owners = (of: (name: string) => ReadonlySet<string>) =>
    remember((wanted) => [...byName.keys()].filter((name) => of(name).has(wanted)));
  return {
    elements: byName,
    libraryFiles,
    providersOf,
    closureOf: remember((name) => closure(name, byName, providersOf)),
    exportsOf,
    programsOf,
    exportersOf: owners(exportsOf),
    ownersOfProgram: owners(programsOf),
    families: new Set(Object.values(familyOfDistribution)),
  };
}

function closure(
  name: string,
  elements: ReadonlyMap<string, LintElement>,
  providersOf: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const reached = new Set([name]);
  for (const current of reached) {
    for (const dependency of elements.get(current)?.element.dependencies ?? []) {
      if (elements.has(dependency)) reached.add(dependency);
      for (const provider of providersOf.get(dependency) ?? []) reached.add(provider);
    }
  }
  return reached;
}

function remember<Result>(work: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, Result>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const result = work(key);
    known.set(key, result);
    return result;
  };
}
