import { type BigIntStats, lstatSync, lutimesSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { digestOf, digestOfFields } from '../base/digest.js';
import { type Phase, phases } from '../model/phase.js';

/** What was read in the staging directory between two moments. Paths are relative to it; its own is empty. */
export interface StagingReads {
  /** Regular files whose content was read. */
  readonly files: readonly string[];
  /** Directories that were listed. */
  readonly listings: readonly string[];
  /** Entries that were made, changed or removed: nothing may do that while it is watched. */
  readonly changes: readonly string[];
  /** Those of them that were not there before. */
  readonly made: readonly string[];
}

/** Sees reads of the staging directory by access times. */
export interface StagingWatch {
  /** Puts all access times back. */
  begin(): void;
  /** What was read since {@link begin}. */
  end(): StagingReads;
  /** Digest of a file's content and mode, followed through links; undefined when it is not there. */
  digestOfFile(path: string): string | undefined;
  /** Digest of the names in a directory. */
  digestOfListing(path: string): string | undefined;
  /** Digest of everything but the contents of files: of one phase directory, or of what is in none. */
  digestOfNames(part: Phase | 'others'): string;
  /** What {@link digestOfListing} digests: names, a line each. */
  textOfListing(path: string): string;
  /** What {@link digestOfNames} digests: path, kind and mode, owner, link text, a line each. */
  textOfNames(part: Phase | 'others'): string;
  /** Permission bits of a file; undefined when it is not there. */
  modeOf(path: string): number | undefined;
  /** Content of a file as text, byte by byte (Latin-1); undefined when it is not there. */
  textOf(path: string): string | undefined;
  /** Regular files that lie in no phase directory and not in `environment.d`. */
  filesOutsidePhases(): readonly string[];
}

/**
 * Reads set the access time to now, on a file system mounted `strictatime`; this one is long past. A read of a file,
 * a listing of a directory show; a bare test for existence does not.
 */
const pastSeconds = 86_400;
const pastNs = BigInt(pastSeconds) * 1_000_000_000n;

interface Entry {
  readonly path: string;
  readonly status: BigIntStats;
}

/**
 * Opens the watch over a directory on a `strictatime` file system.
 *
 * @param quietDirectory the same directory mounted `noatime`: reads there, which are ours, leave no trace
 */
export function openStagingWatch(directory: string, quietDirectory: string): StagingWatch {
  let before = new Map<string, BigIntStats>();
  const digests = new Map<string, { readonly stamp: string; readonly digest: string }>();
  const absolute = (path: string): string => (path === '' ? quietDirectory : `${quietDirectory}/${path}`);

  const digestOfFile = (path: string): string | undefined => {
    const status = statusOf(absolute(path));
    if (status === undefined) return undefined;
    const stamp = `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`;
    const known = digests.get(path);
    if (known?.stamp === stamp && !status.isSymbolicLink()) return known.digest;
    const text = readIfThere(absolute(path));
    if (text === undefined) return undefined;
    const digest = digestOfFields([digestOf(text), (status.mode & 0o7777n).toString(8)]);
    digests.set(path, { stamp, digest });
    return digest;
  };

  const namesIn = (part: Phase | 'others'): readonly (readonly [path: string, kind: string, linkText: string])[] => {
    const found: (readonly [string, string, string])[] = [];
    for (const { path, status } of walk(quietDirectory)) {
      const top = path.split('/')[0] ?? '';
      const phase = phases.find((name) => `${name}.d` === top);
      if (part === 'others' ? phase !== undefined || top === 'environment.d' : phase !== part) continue;
      found.push([path, describe(status), status.isSymbolicLink() ? readlinkSync(absolute(path)) : '']);
    }
    return found;
  };

  return {
    begin() {
      before = new Map();
      for (const { path, status } of walk(quietDirectory)) {
        if (status.atimeNs === pastNs) {
          before.set(path, status);
          continue;
        }
        lutimesSync(
          path === '' ? directory : `${directory}/${path}`,
          pastSeconds,
          Number(status.mtimeNs / 1_000_000n) / 1000,
        );
        before.set(path, lstatSync(absolute(path), { bigint: true }));
      }
    },
    end() {
      const files: string[] = [];
      const listings: string[] = [];
      const changes: string[] = [];
      const seen = new Set<string>();
      for (const { path, status } of walk(quietDirectory)) {
        seen.add(path);
        const old = before.get(path);
        if (
          old === undefined ||
          old.ino !== status.ino ||
          old.ctimeNs !== status.ctimeNs ||
          old.mtimeNs !== status.mtimeNs
        )
          changes.push(path);
        if (status.atimeNs === pastNs) continue;
        if (status.isFile()) files.push(path);
        else if (status.isDirectory()) listings.push(path);
      }
      for (const path of before.keys()) if (!seen.has(path)) changes.push(path);
      return {
        files: files.sort(),
        listings: listings.sort(),
        changes: changes.sort(),
        made: changes.filter((path) => !before.has(path)),
      };
    },
    digestOfFile,
    digestOfListing(path) {
      const status = statusOf(absolute(path));
      if (status === undefined || !status.isDirectory()) return undefined;
      return digestOfFields(readdirSync(absolute(path)).sort());
    },
    digestOfNames: (part) => digestOfFields(namesIn(part).flat()),
    textOfListing(path) {
      const status = statusOf(absolute(path));
      return status?.isDirectory() ? lines(readdirSync(absolute(path)).sort()) : '';
    },
    textOfNames: (part) => lines(namesIn(part).map((fields) => fields.join('\t'))),
    modeOf(path) {
      const status = statusOf(absolute(path));
      return status === undefined ? undefined : Number(status.mode & 0o7777n);
    },
    textOf: (path) => readIfThere(absolute(path))?.toString('latin1'),
    filesOutsidePhases() {
      const found: string[] = [];
      for (const { path, status } of walk(quietDirectory)) {
        const top = path.split('/')[0] ?? '';
        if (!status.isFile() || top === 'environment.d' || phases.some((name) => `${name}.d` === top)) continue;
        found.push(path);
      }
      return found;
    },
  };
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function describe(status: BigIntStats): string {
  const kind = status.isDirectory() ? 'd' : status.isFile() ? 'f' : status.isSymbolicLink() ? 'l' : 'o';
  return `${kind}${(status.mode & 0o7777n).toString(8)} ${status.uid} ${status.gid}`;
}

/** All entries, each before those in it, sorted. */
function* walk(directory: string): Generator<Entry> {
  const visit = function* (path: string): Generator<Entry> {
    const full = path === '' ? directory : `${directory}/${path}`;
    const status = lstatSync(full, { bigint: true });
    yield { path, status };
    if (!status.isDirectory()) return;
    for (const name of readdirSync(full).sort()) yield* visit(path === '' ? name : `${path}/${name}`);
  };
  yield* visit('');
}

function statusOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
