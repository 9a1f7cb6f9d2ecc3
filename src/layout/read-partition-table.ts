import { mebibyte } from '../base/units.js';
import type { PartitionSpec, PartitionTableSpec } from '../model/layout.js';
import type { FaultList } from './fault-list.js';
import { type FlatEntry, warnUnknownKeys } from './flatten-tree.js';
import type { LayoutNode } from './layout-node.js';
import type { PlacedMap } from './placed-value.js';
import { itemKeyTable } from './plugin-key-table.js';
import { type EntryReader, type PlacedWord, readEntry } from './read-entry.js';
import { readGptType, readMbrType } from './read-partition-type.js';

/** Reads a `partitioning` with its partitions; each partition is a node, the table itself is none. */
export function readPartitionTable(
  entry: FlatEntry,
  faults: FaultList,
): {
  readonly table: PartitionTableSpec;
  readonly base: PlacedWord | undefined;
  readonly nodes: readonly LayoutNode[];
} {
  const reader = readEntry(entry.keys, entry.place, `partitioning "${entry.name}"`, faults);
  const base = reader.requiredText('base');
  const label = reader.requiredText('label');
  if (label !== undefined && label.text !== 'mbr' && label.text !== 'gpt')
    faults.fault(label.place, `label of partitioning "${entry.name}" is "${label.text}"; it can be mbr or gpt`);
  const kind = label?.text === 'gpt' ? 'gpt' : 'mbr';
  if (!reader.has('partitions')) faults.fault(entry.place, `partitioning "${entry.name}" needs "partitions"`);
  const items = reader.items('partitions');
  if (reader.has('partitions') && items.length === 0)
    faults.warn(entry.place, `partitioning "${entry.name}" has no partitions; the table will be empty`);
  const partitions = items.map((item) => readPartition(item, kind, faults));
  if (kind === 'mbr') checkPrimaries(partitions, faults);
  const table: PartitionTableSpec = {
    name: entry.name,
    image: base?.text ?? '',
    label: kind,
    alignmentBytes: readAlignment(reader, entry, faults),
    partitions: partitions.map(({ partition }) => partition),
    where: faults.where(entry.place),
  };
  const nodes = partitions.map(({ partition, item }, index): LayoutNode => {
    const previous = partitions[index - 1]?.partition.name;
    return {
      kind: 'partition',
      name: partition.name,
      place: item.place,
      references: [],
      madeAfter: [...(base === undefined ? [] : [base.text]), ...(previous === undefined ? [] : [previous])],
      madeBefore: [],
    };
  });
  return { table, base, nodes };
}

function readAlignment(reader: EntryReader, entry: FlatEntry, faults: FaultList): number {
  const align = reader.size('align', { isPercentAllowed: false });
  if (align?.kind !== 'bytes') return mebibyte;
  if (align.sizeBytes >= 512 && align.sizeBytes % 512 === 0) return align.sizeBytes;
  faults.fault(
    entry.place,
    `align of partitioning "${entry.name}" is ${align.sizeBytes} bytes; it must be a multiple of 512`,
  );
  return mebibyte;
}

interface ReadPartition {
  readonly partition: PartitionSpec;
  readonly item: PlacedMap;
}

function readPartition(item: PlacedMap, kind: 'mbr' | 'gpt', faults: FaultList): ReadPartition {
  const named = readEntry(item, item.place, 'a partition', faults).requiredText('name');
  const name = named?.text ?? '';
  const what = `partition "${name}"`;
  const reader = readEntry(item, item.place, what, faults);
  warnUnknownKeys(item.pairs, what, itemKeyTable.partitions, faults);
  const size = reader.size('size', { isPercentAllowed: true });
  if (!reader.has('size')) faults.fault(item.place, `${what} needs "size"`);
  if (size !== undefined && (size.kind === 'bytes' ? size.sizeBytes : size.percent) === 0)
    faults.fault(item.place, `${what} has size 0`);
  const flags = reader.words('flags');
  for (const flag of flags) {
    if (flag.text !== 'boot' && flag.text !== 'primary')
      faults.fault(flag.place, `unknown flag "${flag.text}" of ${what}; flags: boot, primary`);
    else if (flag.text === 'primary' && kind === 'gpt')
      faults.fault(flag.place, `flag "primary" of ${what}: a gpt has no other partitions`);
  }
  if (kind === 'gpt' && name.length > 36)
    faults.warn(item.place, `the name of ${what} is cut to the 36 UTF-16 units that a gpt holds`);
  const isFlagged = (flag: string): boolean => flags.some(({ text }) => text === flag);
  const partition: PartitionSpec = {
    name,
    size: size ?? { kind: 'percent', percent: 100 },
    isLogical: kind === 'mbr' && !isFlagged('primary'),
    isBootable: isFlagged('boot'),
    ...readType(reader, kind, what, faults),
    where: faults.where(item.place),
  };
  return { partition, item };
}

function readType(reader: EntryReader, kind: 'mbr' | 'gpt', what: string, faults: FaultList): Partial<PartitionSpec> {
  const word = reader.text('type') ?? { text: kind === 'mbr' ? '83' : '8300', place: reader.place };
  const type = kind === 'mbr' ? readMbrType(word.text) : readGptType(word.text);
  if (typeof type === 'number') return { mbrType: type };
  if ('typeGuid' in type) return type;
  faults.fault(word.place, `type of ${what} is "${word.text}": ${type.reason}`);
  return {};
}

function checkPrimaries(partitions: readonly ReadPartition[], faults: FaultList): void {
  const firstLogical = partitions.findIndex(({ partition }) => partition.isLogical);
  for (const [index, { partition, item }] of partitions.entries()) {
    if (firstLogical >= 0 && index > firstLogical && !partition.isLogical)
      faults.fault(
        item.place,
        `primary partition "${partition.name}" comes after the logical "${partitions[firstLogical]?.partition.name}"`,
        'list primary partitions first',
      );
  }
  const primaries = partitions.filter(({ partition }) => !partition.isLogical);
  const most = firstLogical >= 0 ? 3 : 4;
  const surplus = primaries[most];
  if (surplus !== undefined)
    faults.fault(
      surplus.item.place,
      `${primaries.length} primary partitions; an mbr holds ${most}${most === 3 ? ' beside logical ones' : ''}`,
      'leave out the flag primary to make logical partitions, or use label: gpt',
    );
}
