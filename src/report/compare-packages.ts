import type { NamedChange } from './image-diff.js';

/** Packages that came, went or have another version, from the texts of two dpkg status files. */
export function comparePackages(before: string, after: string): readonly NamedChange[] {
  return compareNamed(installedVersions(before), installedVersions(after));
}

/** What differs between two tables of names and values, by name. */
export function compareNamed(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly NamedChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (one === other) return [];
    return [{ name, ...(one === undefined ? {} : { before: one }), ...(other === undefined ? {} : { after: other }) }];
  });
}

/** `name:architecture` → version. @see dpkg(1): status */
function installedVersions(statusText: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const stanza of statusText.split(/\n\n+/)) {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const name = field('Package');
    if (name === undefined || field('Status')?.endsWith(' installed') !== true) continue;
    versions.set(`${name}:${field('Architecture') ?? ''}`.replace(/:(all)?$/, ''), field('Version') ?? '');
  }
  return versions;
}
