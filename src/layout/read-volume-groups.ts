import { mebibyte } from '../base/units.js';
import type { LogicalVolumeSpec, PhysicalVolumeSpec, VolumeGroupSpec } from '../model/layout.js';
import type { FaultList } from './fault-list.js';
import { type FlatEntry, warnUnknownKeys } from './flatten-tree.js';
import type { LayoutNode, NodeKind } from './layout-node.js';
import { checkVolumeName, readExtentSize, warnLvmOptions } from './lvm-options.js';
import type { PlacedMap } from './placed-value.js';
import { type ItemListName, keysOf } from './plugin-key-table.js';
import { type EntryReader, type PlacedWord, readEntry } from './read-entry.js';
import { readLogicalVolume } from './read-logical-volume.js';

/** Reads an `lvm`: its groups with their volumes, pools before the thin volumes in them. */
export function readVolumeGroups(
  entry: FlatEntry,
  faults: FaultList,
): { readonly groups: readonly VolumeGroupSpec[]; readonly nodes: readonly LayoutNode[] } {
  const reader = readEntry(entry.keys, entry.place, `lvm "${entry.name}"`, faults);
  for (const key of ['pvs', 'vgs', 'lvs'])
    if (!reader.has(key)) faults.fault(entry.place, `lvm "${entry.name}" needs "${key}"`);
  const pvs = reader.items('pvs').map((item) => readPhysicalVolume(item, faults));
  const vgs = reader.items('vgs').map((item) => readGroup(item, faults));
  const lvs = reader.items('lvs').map((item) => {
    const opened = openItem(item, 'lvs', 'logical volume', faults);
    checkVolumeName('logical volume', opened.name, item.place, faults);
    return { ...readLogicalVolume(opened, faults), place: item.place };
  });
  checkMembership(pvs, vgs, faults);
  for (const { volume, base } of lvs)
    if (base !== undefined && !vgs.some(({ name }) => name === base.text))
      faults.fault(base.place, `logical volume "${volume.name}" is in "${base.text}", which is no item of vgs`);
  const groups = vgs.map(({ name, base, extentSizeBytes, options, place }): VolumeGroupSpec => {
    const volumes = lvs.filter((volume) => volume.base?.text === name);
    checkThinPools(volumes, faults);
    return {
      name,
      physicalVolumes: base
        .flatMap(({ text }) => pvs.filter(({ volume }) => volume.name === text))
        .map(({ volume }) => volume),
      logicalVolumes: poolsFirst(volumes.map(({ volume }) => volume)),
      extentSizeBytes,
      options,
      where: faults.where(place),
    };
  });
  const bases = pvs.flatMap(({ base }) => (base === undefined ? [] : [base.text]));
  const nodes: LayoutNode[] = [
    ...pvs.map(({ volume, place, base }) => makeNode('physical volume', volume.name, place, [], base)),
    ...vgs.map(({ name, place, base }) =>
      makeNode(
        'volume group',
        name,
        place,
        base.map(({ text }) => text),
      ),
    ),
    ...lvs.map(({ volume, place, base }) =>
      makeNode('logical volume', volume.name, place, base === undefined ? [] : [base.text]),
    ),
    { ...makeNode('lvm', entry.name, entry.place, bases), madeBefore: pvs.map(({ volume }) => volume.name) },
  ];
  return { groups, nodes };
}

/** An item of `pvs`, `vgs` or `lvs`, opened for reading. */
export interface OpenedItem {
  readonly name: string;
  readonly what: string;
  readonly reader: EntryReader;
  readonly map: PlacedMap;
}

function openItem(map: PlacedMap, list: ItemListName, kind: NodeKind, faults: FaultList): OpenedItem {
  const name = readEntry(map, map.place, `a ${kind}`, faults).requiredText('name')?.text ?? '';
  const what = `${kind} "${name}"`;
  warnUnknownKeys(map.pairs, what, keysOf(list), faults);
  return { name, what, reader: readEntry(map, map.place, what, faults), map };
}

interface ReadPhysicalVolume {
  readonly volume: PhysicalVolumeSpec;
  readonly base: PlacedWord | undefined;
  readonly place: PlacedMap['place'];
}

function readPhysicalVolume(map: PlacedMap, faults: FaultList): ReadPhysicalVolume {
  const { name, what, reader } = openItem(map, 'pvs', 'physical volume', faults);
  const base = reader.requiredText('base');
  const options = reader.options('options');
  warnLvmOptions(what, options, map.place, faults);
  return { volume: { name, base: base?.text ?? '', options }, base, place: map.place };
}

interface ReadGroup {
  readonly name: string;
  readonly base: readonly PlacedWord[];
  readonly extentSizeBytes: number;
  readonly options: readonly string[];
  readonly place: PlacedMap['place'];
}

function readGroup(map: PlacedMap, faults: FaultList): ReadGroup {
  const { name, what, reader } = openItem(map, 'vgs', 'volume group', faults);
  checkVolumeName('volume group', name, map.place, faults);
  if (!reader.has('base')) faults.fault(map.place, `${what} needs "base", a list of physical volumes`);
  const options = reader.options('options');
  const extentSizeBytes = readExtentSize(options) ?? 4 * mebibyte;
  if (!Number.isInteger(Math.log2(extentSizeBytes)) || extentSizeBytes < 4096)
    faults.fault(
      map.place,
      `the extent size of ${what} is ${extentSizeBytes} bytes; it must be a power of 2, 4 KiB or more`,
    );
  warnLvmOptions(what, options, map.place, faults);
  return { name, base: reader.words('base'), extentSizeBytes, options, place: map.place };
}

function checkMembership(pvs: readonly ReadPhysicalVolume[], vgs: readonly ReadGroup[], faults: FaultList): void {
  const groupOfVolume = new Map<string, string>();
  for (const group of vgs) {
    for (const { text, place } of group.base) {
      const owner = groupOfVolume.get(text);
      if (!pvs.some(({ volume }) => volume.name === text))
        faults.fault(place, `volume group "${group.name}" is on "${text}", which is no item of pvs`);
      else if (owner !== undefined)
        faults.fault(place, `physical volume "${text}" is in volume group "${owner}" already`);
      else groupOfVolume.set(text, group.name);
    }
  }
  for (const { volume, place } of pvs)
    if (!groupOfVolume.has(volume.name)) faults.warn(place, `physical volume "${volume.name}" is in no volume group`);
}

function checkThinPools(
  volumes: readonly { readonly volume: LogicalVolumeSpec; readonly place: PlacedMap['place'] }[],
  faults: FaultList,
): void {
  for (const { volume, place } of volumes) {
    if (volume.type !== 'thin' || volume.thinPool === undefined) continue;
    const pool = volumes.find((other) => other.volume.name === volume.thinPool)?.volume;
    if (pool === undefined)
      faults.fault(
        place,
        `thin pool "${volume.thinPool}" of logical volume "${volume.name}" does not exist in its group`,
      );
    else if (pool.type !== 'thin-pool')
      faults.fault(place, `"${pool.name}", the pool of logical volume "${volume.name}", has no type: thin-pool`);
  }
}

function poolsFirst(volumes: readonly LogicalVolumeSpec[]): readonly LogicalVolumeSpec[] {
  const ordered = new Set<LogicalVolumeSpec>();
  for (const volume of volumes) {
    const pool = volumes.find(({ name, type }) => type === 'thin-pool' && name === volume.thinPool);
    if (pool !== undefined) ordered.add(pool);
    ordered.add(volume);
  }
  return [...ordered];
}

function makeNode(
  kind: NodeKind,
  name: string,
  place: PlacedMap['place'],
  madeAfter: readonly string[],
  base?: PlacedWord,
): LayoutNode {
  const references = base === undefined ? [] : [{ word: base, kinds: ['partition', 'local_loop'] as const }];
  return { kind, name, place, references, madeAfter, madeBefore: [] };
}
