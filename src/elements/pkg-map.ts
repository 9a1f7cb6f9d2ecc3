import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildError } from '../base/build-error.js';
import type { Element } from '../model/element.js';
import { familyOfDistribution } from './pkg-family-table.js';
import { pkgMapSchema } from './pkg-map-schema.js';
import { checkNode, readJsonSource } from './source-document.js';

/** The map of one element, laid flat. */
export interface PackageMap {
  readonly element: string;
  /** The file as it is written. */
  readonly text: string;
  readonly entries: readonly PackageMapEntry[];
}

/** One name in one section. */
export interface PackageMapEntry {
  /** `default`, `family redhat`, `distro fedora`, `release fedora 39` as a list of words. */
  readonly scope: readonly string[];
  readonly name: string;
  /** Empty: nothing to install. */
  readonly packages: readonly string[];
}

/** What a name is looked up for. */
export interface PackageMapTarget {
  readonly distribution: string;
  /** May be empty. */
  readonly release: string;
}

/**
 * Reads the `pkg-map` file of an element.
 *
 * @param faults gets everything that is wrong with it
 * @returns undefined when the element has none, or a wrong one
 */
export function readPackageMap(element: Element, faults: BuildError[]): PackageMap | undefined {
  if (!element.files.some((file) => file.path === 'pkg-map')) return undefined;
  const path = join(element.directory, 'pkg-map');
  const document = readJsonSource(path, faults);
  if (document === undefined) return undefined;
  const file = checkNode({
    document,
    node: document.root,
    schema: pkgMapSchema,
    subject: path,
    knownKeys: ['release', 'distro', 'family', 'default'],
    faults,
  });
  if (file === undefined) return undefined;
  const entries: PackageMapEntry[] = [];
  const addNames = (scope: readonly string[], names: Readonly<Record<string, PackagesValue>> | null | undefined) => {
    for (const [name, value] of Object.entries(names ?? {})) entries.push({ scope, name, packages: wordsOf(value) });
  };
  addNames(['default'], file.default);
  for (const [family, names] of Object.entries(file.family ?? {})) addNames(['family', family], names);
  for (const [distribution, names] of Object.entries(file.distro ?? {})) addNames(['distro', distribution], names);
  for (const [distribution, releases] of Object.entries(file.release ?? {})) {
    for (const [release, names] of Object.entries(releases ?? {})) addNames(['release', distribution, release], names);
  }
  return { element: element.name, text: readFileSync(path, 'utf8'), entries };
}

/** The packages of a name, later sections winning; undefined when the map does not know it. */
export function lookUpPackage(map: PackageMap, name: string, target: PackageMapTarget): readonly string[] | undefined {
  const scopes = scopesOf(target).map((scope) => scope.join(' '));
  let found: { readonly rank: number; readonly packages: readonly string[] } | undefined;
  for (const entry of map.entries) {
    if (entry.name !== name) continue;
    const rank = scopes.indexOf(entry.scope.join(' '));
    if (rank >= (found?.rank ?? 0)) found = { rank, packages: entry.packages };
  }
  return found?.packages;
}

/** The map as lines of `scope… name packages`, separated by tabs: what the target's pkg-map reads. */
export function packageMapTable(map: PackageMap): string {
  return map.entries
    .filter((entry) => entry.name !== '')
    .map((entry) => `${[...entry.scope, entry.name, entry.packages.join(' ')].join('\t')}\n`)
    .join('');
}

/**
 * The sections that apply, the weakest first. A CentOS Stream release (`9-stream`) is also looked up by its number.
 */
function scopesOf({ distribution, release }: PackageMapTarget): readonly (readonly string[])[] {
  const family = familyOfDistribution[distribution];
  const releases = [release.replace(/-stream$/, ''), release].filter((name) => name !== '');
  return [
    ['default'],
    ...(family === undefined ? [] : [['family', family]]),
    ['distro', distribution],
    ...[...new Set(releases)].map((name) => ['release', distribution, name]),
  ];
}

type PackagesValue = string | null | readonly string[];

function wordsOf(value: PackagesValue): readonly string[] {
  const text = value === null || typeof value === 'string' ? (value ?? '') : value.join(' ');
  return text.split(/\s+/).filter((word) => word !== '');
}
