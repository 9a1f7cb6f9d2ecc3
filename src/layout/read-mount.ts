import { posix } from 'node:path';
import type { MountSpec } from '../model/layout.js';
import type { FaultList, Place } from './fault-list.js';
import type { FlatEntry } from './flatten-tree.js';
import type { LayoutNode } from './layout-node.js';
import { readEntry } from './read-entry.js';

/** A mount before it is known whether it mounts swap. */
export interface ReadMount {
  readonly name: string;
  readonly fileSystem: string;
  /** As written; undefined when absent. */
  readonly mountPoint: string | undefined;
  readonly place: Place;
  readonly mountPointPlace: Place;
  readonly node: LayoutNode;
}

/** Reads a `mount`; its mount point is judged by {@link normaliseMountPoint} when the file system is known. */
export function readMount(entry: FlatEntry, faults: FaultList): ReadMount {
  const reader = readEntry(entry.keys, entry.place, `mount "${entry.name}"`, faults);
  const base = reader.requiredText('base');
  const mountPoint = reader.text('mount_point');
  return {
    name: entry.name,
    fileSystem: base?.text ?? '',
    mountPoint: mountPoint?.text,
    place: entry.place,
    mountPointPlace: mountPoint?.place ?? entry.place,
    node: {
      kind: 'mount',
      name: entry.name,
      place: entry.place,
      references: base === undefined ? [] : [{ word: base, kinds: ['mkfs'] }],
      madeAfter: base === undefined ? [] : [base.text],
      madeBefore: [],
    },
  };
}

/** An absolute path without repeated or closing slashes and without `.`; or why the text is none. */
export function normaliseMountPoint(text: string): string | { readonly reason: string } {
  if (!text.startsWith('/')) return { reason: 'a mount point is an absolute path' };
  if (text.split('/').includes('..')) return { reason: 'a mount point cannot contain ".."' };
  const path = posix.normalize(text);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** What an `fstab` says about its mount. */
export interface ReadFstab {
  readonly mount: string;
  readonly fields: NonNullable<MountSpec['fstab']>;
  readonly node: LayoutNode;
}

/** Reads an `fstab`, with the defaults of fields 4 to 6. */
export function readFstab(entry: FlatEntry, faults: FaultList): ReadFstab {
  const reader = readEntry(entry.keys, entry.place, `fstab "${entry.name}"`, faults);
  const base = reader.requiredText('base');
  const fields = {
    options: reader.text('options')?.text || 'defaults',
    dumpFrequency: reader.integer('dump-freq') ?? 0,
    passNumber: reader.integer('fsck-passno') ?? 2,
  };
  return {
    mount: base?.text ?? '',
    fields,
    node: {
      kind: 'fstab',
      name: entry.name,
      place: entry.place,
      references: base === undefined ? [] : [{ word: base, kinds: ['mount'] }],
      madeAfter: base === undefined ? [] : [base.text],
      madeBefore: [],
    },
  };
}
