import type { FileSystemSpec } from '../model/layout.js';
import type { FaultList, Place } from './fault-list.js';
import { labelFault } from './file-system-label.js';
import type { FlatEntry } from './flatten-tree.js';
import type { LayoutNode } from './layout-node.js';
import { readEntry } from './read-entry.js';

/** A file system, its node, and where its label stands. */
export interface ReadFileSystem {
  readonly fileSystem: FileSystemSpec;
  readonly node: LayoutNode;
  readonly labelPlace: Place;
}

/** Reads a `mkfs`. `fat` becomes `vfat`, whose label becomes upper case; the label defaults to the name. */
export function readFileSystem(entry: FlatEntry, takesRootOptions: boolean, faults: FaultList): ReadFileSystem {
  const what = `mkfs "${entry.name}"`;
  const reader = readEntry(entry.keys, entry.place, what, faults);
  const base = reader.requiredText('base');
  const typeWord = reader.requiredText('type');
  const type = typeWord?.text === 'fat' || typeWord?.text === 'msdos' ? 'vfat' : (typeWord?.text ?? '');
  const labelWord = reader.text('label');
  const writtenLabel = labelWord?.text ?? entry.name;
  const label = type === 'vfat' ? writtenLabel.toUpperCase() : writtenLabel;
  const fault = labelFault(type, label);
  if (fault !== undefined)
    faults.fault(
      labelWord?.place ?? entry.place,
      `label "${label}" of ${what} ${fault}`,
      labelWord === undefined ? 'the label is the name by default; set "label"' : undefined,
    );
  const uuidWord = reader.text('uuid');
  const uuid = uuidWord === undefined ? undefined : readUuid(type, uuidWord.text);
  if (uuidWord !== undefined && uuid === undefined)
    faults.fault(
      uuidWord.place,
      `uuid of ${what} is "${uuidWord.text}"`,
      type === 'vfat' ? 'write XXXX-XXXX, hexadecimal' : 'write 8-4-4-4-12 hexadecimal digits',
    );
  const fileSystem: FileSystemSpec = {
    name: entry.name,
    base: base?.text ?? '',
    type,
    label,
    ...(uuid === undefined ? {} : { uuid }),
    options: reader.options('opts'),
    ...(takesRootOptions ? { takesRootOptions } : {}),
    where: faults.where(entry.place),
  };
  const node: LayoutNode = {
    kind: 'mkfs',
    name: entry.name,
    place: entry.place,
    references: base === undefined ? [] : [{ word: base, kinds: ['local_loop', 'partition', 'logical volume'] }],
    madeAfter: base === undefined ? [] : [base.text],
    madeBefore: [],
  };
  return { fileSystem, node, labelPlace: labelWord?.place ?? entry.place };
}

function readUuid(type: string, text: string): string | undefined {
  if (type === 'vfat' || type === 'exfat') {
    const [, high, low] = /^([0-9a-f]{4})-?([0-9a-f]{4})$/i.exec(text) ?? [];
    return high === undefined || low === undefined ? undefined : `${high}-${low}`.toUpperCase();
  }
  if (type === 'ntfs') return /^[0-9a-f]{16}$/i.test(text) ? text.toUpperCase() : undefined;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined;
}
