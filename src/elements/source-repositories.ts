import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildError } from '../base/build-error.js';
import { nearName } from '../base/near-name.js';
import type { Element } from '../model/element.js';
import type { Variables } from './package-filter.js';
import { ruleFault } from './source-document.js';
import { splitSourceLine } from './source-line.js';

const sourceTypes = ['git', 'tar', 'file', 'package'] as const;

export type SourceType = (typeof sourceTypes)[number];

/** One source that elements fetch into the target, with all overrides applied. */
export interface SourceRecord {
  readonly name: string;
  readonly type: SourceType;
  /** Absolute path in the target. */
  readonly destination: string;
  /** Empty only for packages. */
  readonly location: string;
  /** git: a ref, a commit, `HEAD` or `*` for everything. tar: `.`, `*` or a directory inside. Else empty. */
  readonly ref: string;
  /** SHA-256 that a tar or file must have, 64 hexadecimal digits; empty: not checked. */
  readonly sha256: string;
  /** git: whether submodules are fetched too. */
  readonly hasSubmodules: boolean;
  /** Name below `$DIB_IMAGE_CACHE/source-repositories`. */
  readonly cacheEntry: string;
  /** Why it is not fetched; empty: it is. */
  readonly skippedBecause: string;
  /** `path:line` of the declaration. */
  readonly where: string;
}

/**
 * Reads all `source-repository-*` files, in order of their names, and applies the `DIB_REPO…` variables.
 *
 * @param faults gets everything that is wrong with them, with line and column
 */
export function resolveSourceRepositories(options: {
  readonly elements: readonly Element[];
  readonly environment: Variables;
  readonly faults: BuildError[];
}): readonly SourceRecord[] {
  const { elements, environment, faults } = options;
  if (environment.NO_SOURCE_REPOSITORIES) return [];
  const files = new Map<string, { readonly element: Element; readonly digest: string }>();
  for (const element of elements) {
    for (const { path, digest } of element.files) {
      if (!/^source-repository-[^/]*[^/~]$/.test(path)) continue;
      const earlier = files.get(path);
      if (earlier !== undefined && earlier.digest !== digest) {
        faults.push(
          ruleFault({
            message: `elements "${earlier.element.name}" and "${element.name}" both have a ${path}, and they differ`,
            hint: 'rename one of them',
            where: join(element.directory, path),
          }),
        );
      }
      files.set(path, { element, digest });
    }
  }
  return [...files]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([path, { element }]) => readSourceFile(join(element.directory, path), environment, faults));
}

/** One line a record, fields separated by tabs, `-` for an empty one: what the hook reads. */
export function sourceRecordTable(records: readonly SourceRecord[]): string {
  return records
    .map((record) =>
      [
        record.name,
        record.type,
        record.destination,
        record.location,
        record.ref,
        record.sha256,
        record.hasSubmodules ? 'submodules' : '',
        record.cacheEntry,
        record.skippedBecause,
      ]
        .map((field) => (field === '' ? '-' : field))
        .join('\t'),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function readSourceFile(path: string, environment: Variables, faults: BuildError[]): readonly SourceRecord[] {
  const records: SourceRecord[] = [];
  let pending = '';
  let firstLine = 1;
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.forEach((line, index) => {
    if (pending === '') firstLine = index + 1;
    if (/(^|[^\\])(\\\\)*\\$/.test(line) && index < lines.length - 1) {
      pending += line.slice(0, -1);
      return;
    }
    const split = splitSourceLine(pending + line, environment);
    pending = '';
    const where = `${path}:${firstLine}`;
    if (split.kind === 'fault') {
      faults.push(ruleFault({ message: `${path}: ${split.reason}`, where: `${where}:${split.column}` }));
      return;
    }
    if (split.words.length === 0) return;
    const record = readRecord({ words: split.words, where, environment, faults });
    if (record !== undefined) records.push(record);
  });
  return records;
}

function readRecord(options: {
  readonly words: readonly string[];
  readonly where: string;
  readonly environment: Variables;
  readonly faults: BuildError[];
}): SourceRecord | undefined {
  const { words, where, environment, faults } = options;
  const [name = '', declaredType = '', destination = '', declaredLocation = '', declaredRef = ''] = words;
  const key = name.replace(/[^A-Za-z0-9]/g, '_');
  const override = (variable: string): string => environment[`DIB_REPO${variable}_${key}`] ?? '';
  const refuse = (message: string, hint?: string): undefined => {
    faults.push(ruleFault({ message: `source "${name}": ${message}`, ...(hint === undefined ? {} : { hint }), where }));
    return undefined;
  };
  const shape = 'a record is NAME TYPE DESTINATION LOCATION [REF]';
  const typeName = override('TYPE') || declaredType;
  const type = sourceTypes.find((known) => known === typeName);
  if (type === undefined) {
    const near = nearName(typeName, sourceTypes);
    return refuse(
      `the type "${typeName}" is none of ${sourceTypes.join(', ')}`,
      near === undefined ? shape : `did you mean "${near}"?`,
    );
  }
  if (words.length > 5) return refuse(`${words.length} fields are too many`, shape);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f]/.test(words.join(''))) return refuse('a control character in a field');
  if (destination !== '' && (!destination.startsWith('/') || destination.split('/').includes('..'))) {
    return refuse(`the destination "${destination}" is not an absolute path`, shape);
  }
  const overriddenLocation = override('LOCATION');
  const rewritten =
    type === 'git' ? rewriteGitLocation(declaredLocation, environment.DIB_GITREPOBASE ?? '') : declaredLocation;
  const [location = '', fragment = ''] = splitDigest(overriddenLocation || rewritten);
  if (type !== 'package' && destination.replaceAll('/', '') === '') return refuse('the destination is missing', shape);
  if (type !== 'package' && location === '') return refuse('the location is missing', shape);
  if (location.startsWith('-')) return refuse(`the location "${location}" begins with a dash`);
  const sha256 = (override('SHA256') || fragment).toLowerCase();
  if (sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)) return refuse(`"${sha256}" is not a SHA-256`);
  const ref = override('REF') || declaredRef || (type === 'git' ? 'HEAD' : type === 'tar' ? '*' : '');
  if (ref.startsWith('-')) return refuse(`the ref "${ref}" begins with a dash`);
  if (type === 'tar' && (ref.startsWith('/') || ref.split('/').includes('..'))) {
    return refuse(`"${ref}" is not a directory inside the archive`);
  }
  const installType = environment[`DIB_INSTALLTYPE_${key}`] || environment.DIB_DEFAULT_INSTALLTYPE || 'source';
  return {
    name,
    type,
    destination,
    location,
    ref,
    sha256,
    hasSubmodules: isYes(override('SUBMODULES') || (environment.DIB_REPOSUBMODULES ?? '')),
    cacheEntry: `${key}_${createHash('sha1').update(`${type}_${location}\n`).digest('hex')}`,
    skippedBecause:
      installType !== 'source'
        ? `its install type is ${installType}`
        : type === 'package'
          ? 'it comes as a package'
          : '',
    where,
  };
}

/** `scheme://host/~user/path` becomes the path below the base; other spellings stay. */
function rewriteGitLocation(location: string, base: string): string {
  return base === '' ? location : location.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*\/(?:~[^/]*\/)?/, () => base);
}

function splitDigest(location: string): readonly string[] {
  const parts = /^(.*)#sha256=([^#]*)$/.exec(location);
  return parts === null ? [location] : [parts[1] ?? '', parts[2] ?? ''];
}

function isYes(value: string): boolean {
  return !/^(|0|no|false)$/i.test(value);
}
