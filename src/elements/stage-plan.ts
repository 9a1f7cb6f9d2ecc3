import { posix } from 'node:path';
import { type BuildError, throwFaults } from '../base/build-error.js';
import type { Element, ElementSet } from '../model/element.js';
import { compareBytes } from './byte-order.js';
import { duplicateHook } from './list-hooks.js';

/** One thing to make in the staging directory. */
export interface StagedEntry {
  readonly kind: 'file' | 'link' | 'directory';
  /** Absolute path of what is copied. */
  readonly source: string;
  /** Relative to the staging directory, with `/`. */
  readonly destination: string;
  /** Permission bits to set, whatever the source has; meaningless for links. */
  readonly mode: number;
  /** For links: the text to write. */
  readonly linkTarget?: string;
  /** The element it comes from. */
  readonly element: string;
}

/** What staging would do, over all elements. */
export interface StagingInspection {
  readonly entries: readonly StagedEntry[];
  readonly warnings: readonly string[];
  /** `HOOK_DUPLICATE` for each name that two elements ship directly in the same directory. */
  readonly faults: readonly BuildError[];
}

/**
 * Everything that staging copies, each destination once, directories before what is in them.
 *
 * Files at the top of an element (hidden ones too, `*.pyc` not): of one name the element later in the order wins.
 * Directories at the top are merged, without hidden entries directly in them; what lies deeper is merged too, and of one
 * path the later element wins.
 *
 * @throws BuildError `HOOK_DUPLICATE`, all together
 */
export function planStaging(elementSet: ElementSet): readonly StagedEntry[] {
  const inspection = inspectStaging(elementSet.elements);
  throwFaults(inspection.faults);
  return inspection.entries;
}

/** As {@link planStaging}, but gives the faults and the warnings as values. */
export function inspectStaging(elements: readonly Element[]): StagingInspection {
  const staged = new Map<string, { readonly entry: StagedEntry; readonly element: Element }>();
  const warnings: string[] = [];
  const faults: BuildError[] = [];
  for (const element of elements) {
    for (const entry of stagedEntriesOf(element)) {
      const path = entry.destination;
      const earlier = staged.get(path);
      if (earlier !== undefined) {
        const areDirectories = entry.kind === 'directory' && earlier.entry.kind === 'directory';
        if (areDirectories) continue;
        const isKindClash = entry.kind === 'directory' || earlier.entry.kind === 'directory';
        if (isKindClash || path.split('/').length === 2) {
          faults.push(duplicateHook(path, earlier.element, element));
          continue;
        }
        if (!isMeantToCollide(path)) warnings.push(`${element.name}: ${path} replaces that of ${earlier.element.name}`);
      }
      staged.set(path, { entry, element });
    }
  }
  const entries = [...staged.values()].map(({ entry }) => entry);
  return { entries: entries.sort((one, other) => compareBytes(one.destination, other.destination)), warnings, faults };
}

function stagedEntriesOf(element: Element): StagedEntry[] {
  const directories = (element.directories ?? []).map(
    ({ path, mode }): StagedEntry => ({
      kind: 'directory',
      source: `${element.directory}/${path}`,
      destination: path,
      mode,
      element: element.name,
    }),
  );
  const files = element.files.map(
    ({ path, kind, mode, linkTarget }): StagedEntry => ({
      kind,
      source: `${element.directory}/${path}`,
      destination: path,
      mode,
      ...(linkTarget === undefined ? {} : { linkTarget }),
      element: element.name,
    }),
  );
  return [...directories, ...files].filter((entry) => isStaged(entry.destination, entry.kind));
}

function isStaged(path: string, kind: StagedEntry['kind']): boolean {
  const [top, second] = path.split('/');
  if (top === 'tests' || path.split('/').includes('__pycache__')) return false;
  if (second === undefined) return kind === 'directory' || !path.endsWith('.pyc');
  return !second.startsWith('.');
}

/** Files that describe their own element: consumers read them in the element's directory, not in the staging directory. */
function isMeantToCollide(path: string): boolean {
  if (path.includes('/')) return false;
  return (
    /^README(\.\w+)?$/.test(path) ||
    /^\./.test(path) ||
    /^package-installs\.(yaml|json)$/.test(path) ||
    /^block-device-.*\.yaml$/.test(path) ||
    ['element-deps', 'element-provides', 'pkg-map', 'svc-map', 'element-type', 'cache-inputs.yaml', 'LICENSE'].includes(
      posix.basename(path),
    )
  );
}
