import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Versions by `NAME:ARCHITECTURE`. */
export type PackageVersions = ReadonlyMap<string, string>;

/** What two images do not share. */
export interface PackageDifferences {
  readonly onlyLeft: readonly string[];
  readonly onlyRight: readonly string[];
  /** In both, in other versions. */
  readonly changed: readonly string[];
  readonly sameCount: number;
}

/**
 * The installed packages of an image, read from the dpkg database in its root file system without mounting it.
 *
 * The root is the whole disk or the largest partition. Makes and removes a raw copy beside the image.
 */
export function readImagePackages(imagePath: string): PackageVersions {
  const rawPath = `${imagePath}.packages.raw`;
  try {
    execFileSync('qemu-img', ['convert', '-O', 'raw', imagePath, rawPath]);
    const device = `${rawPath}${rootOffset(rawPath)}`;
    return parseDpkgStatus(
      execFileSync('debugfs', ['-R', 'cat /var/lib/dpkg/status', device], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
  } finally {
    rmSync(rawPath, { force: true });
  }
}

/** The `?offset=` that debugfs wants for the root in a partitioned disk; nothing for a plain file system. */
function rootOffset(rawPath: string): string {
  let table: string;
  try {
    table = execFileSync('sfdisk', ['--json', rawPath], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // sfdisk ends with 1 where there is no partition table; a broken disk shows in debugfs.
    return '';
  }
  const { partitiontable } = JSON.parse(table) as {
    partitiontable: { sectorsize: number; partitions?: { start: number; size: number }[] };
  };
  const [largest] = [...(partitiontable.partitions ?? [])].sort((left, right) => right.size - left.size);
  return largest === undefined ? '' : `?offset=${largest.start * partitiontable.sectorsize}`;
}

/**
 * The installed packages of a dpkg database.
 *
 * @see dpkg(1), "Package states": only those whose state is `installed` count
 */
export function parseDpkgStatus(text: string): PackageVersions {
  const versions = new Map<string, string>();
  for (const paragraph of text.split(/\n\n+/)) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
    if (/ installed$/.test(field('Status')))
      versions.set(`${field('Package')}:${field('Architecture')}`, field('Version'));
  }
  return versions;
}

/** Compares the packages of two images; lists are sorted. */
export function comparePackages(left: PackageVersions, right: PackageVersions): PackageDifferences {
  const named = ([name, version]: [string, string]): string => `${name} ${version}`;
  const both = [...left].filter(([name]) => right.has(name));
  const changed = both.filter(([name, version]) => right.get(name) !== version);
  return {
    onlyLeft: [...left]
      .filter(([name]) => !right.has(name))
      .map(named)
      .sort(),
    onlyRight: [...right]
      .filter(([name]) => !left.has(name))
      .map(named)
      .sort(),
    changed: changed.map(([name, version]) => `${name} ${version} and ${right.get(name)}`).sort(),
    sameCount: both.length - changed.length,
  };
}

/** Says the differences in lines; the first counts what is the same. */
export function formatPackageDifferences(
  differences: PackageDifferences,
  names: { readonly left: string; readonly right: string },
): readonly string[] {
  const list = (title: string, entries: readonly string[]): readonly string[] =>
    entries.length === 0 ? [] : [`${title} (${entries.length}): ${entries.join(', ')}`];
  const lines = [
    ...list(`only in ${names.left}`, differences.onlyLeft),
    ...list(`only in ${names.right}`, differences.onlyRight),
    ...list(`in other versions (${names.left} and ${names.right})`, differences.changed),
  ];
  return [
    `packages: ${differences.sameCount} the same in ${names.left} and ${names.right}${lines.length === 0 ? ', none differs' : ''}`,
    ...lines,
  ];
}
