import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Element } from '../model/element.js';
import type { Variables } from './package-filter.js';
import { isInstallTypeDirectoryEnabled } from './package-install-types.js';
import { type PackagePhase, packagePhases } from './package-installs-schema.js';

/** A line of a text list `<phase>/package-installs-<element>`. */
export interface ListedPackage {
  readonly phase: PackagePhase;
  /** The element that the file name names: the map that applies. */
  readonly element: string;
  readonly packageName: string;
  /** Written with a dash: removed again at the end of the phase. */
  readonly isRemoved: boolean;
}

/**
 * The packages of an element's text lists, those in enabled install-type directories included.
 *
 * The target's own programs read the lists again when the phase starts; this is for the plan.
 */
export function readPackageLists(element: Element, environment: Variables): readonly ListedPackage[] {
  return element.files.flatMap((file) => {
    const parts = /^([^/]+)\/(?:([^/]+)\/)?package-installs-([^/]*[^/~])$/.exec(file.path);
    const phase = packagePhases.find((name) => name === parts?.[1]);
    if (parts === null || phase === undefined) return [];
    const [, , directory, listElement = ''] = parts;
    if (directory !== undefined && !(phase === 'install.d' && isInstallTypeDirectoryEnabled(directory, environment))) {
      return [];
    }
    return parsePackageList(readFileSync(join(element.directory, file.path), 'utf8')).map((listed) => ({
      phase,
      element: listElement,
      ...listed,
    }));
  });
}

/** One package a line; blanks around it, empty lines and lines that begin with `#` are dropped. */
export function parsePackageList(text: string): readonly Pick<ListedPackage, 'packageName' | 'isRemoved'>[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ packageName: line.replace(/^-/, '').trim(), isRemoved: line.startsWith('-') }))
    .filter((listed) => listed.packageName !== '');
}
