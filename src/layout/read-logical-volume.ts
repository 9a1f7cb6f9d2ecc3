import type { LogicalVolumeSpec } from '../model/layout.js';
import type { FaultList } from './fault-list.js';
import { warnLvmOptions } from './lvm-options.js';
import type { PlacedMap } from './placed-value.js';
import type { EntryReader, PlacedWord } from './read-entry.js';

/** Reads one item of `lvs`. `size` wins over `extents`; a thin volume needs a size and its pool. */
export function readLogicalVolume(
  {
    name,
    what,
    reader,
    map,
  }: { readonly name: string; readonly what: string; readonly reader: EntryReader; readonly map: PlacedMap },
  faults: FaultList,
): { readonly volume: LogicalVolumeSpec; readonly base: PlacedWord | undefined } {
  const base = reader.requiredText('base');
  const options = reader.options('options');
  warnLvmOptions(what, options, map.place, faults);
  const type = readVolumeType(what, reader, faults);
  const thinPool = reader.text('thin-pool');
  if (type === 'thin' && thinPool === undefined) faults.fault(map.place, `${what} is thin, so it needs "thin-pool"`);
  if (type !== 'thin' && thinPool !== undefined)
    faults.fault(thinPool.place, `${what} names a thin-pool but has no type: thin`);
  const volume: LogicalVolumeSpec = {
    name,
    size: readVolumeSize(what, reader, faults),
    type,
    ...(thinPool === undefined ? {} : { thinPool: thinPool.text }),
    options,
    where: faults.where(map.place),
  };
  if (type === 'thin' && volume.size.kind === 'extents')
    faults.fault(map.place, `${what} is thin, so it needs "size"; extents are those of the group, not of the pool`);
  return { volume, base };
}

function readVolumeType(what: string, reader: EntryReader, faults: FaultList): LogicalVolumeSpec['type'] {
  const word = reader.text('type');
  if (word === undefined) return 'linear';
  if (word.text === 'thin' || word.text === 'thin-pool') return word.text;
  faults.fault(word.place, `type of ${what} is "${word.text}"; supported types: thin, thin-pool`);
  return 'linear';
}

function readVolumeSize(what: string, reader: EntryReader, faults: FaultList): LogicalVolumeSpec['size'] {
  if (reader.has('size')) {
    const size = reader.size('size', { isPercentAllowed: false });
    if (size?.kind !== 'bytes') return { kind: 'bytes', sizeBytes: 0 };
    if (size.sizeBytes === 0) faults.fault(reader.place, `${what} has size 0`);
    return size;
  }
  const extents = reader.text('extents');
  if (extents === undefined) {
    if (!reader.has('extents')) faults.fault(reader.place, `${what} needs "size" or "extents"`);
    return { kind: 'bytes', sizeBytes: 0 };
  }
  const [, number, share] = /^(\d+(?:\.\d+)?)(?:%(VG|FREE|PVS))?$/i.exec(extents.text.trim()) ?? [];
  if (number === undefined || Number(number) === 0 || (share === undefined && number.includes('.')))
    faults.fault(extents.place, `extents of ${what} is "${extents.text}"`, 'write N, N%VG, N%FREE or N%PVS, N above 0');
  else if (share !== undefined && Number(number) > 100)
    faults.fault(extents.place, `extents of ${what} is ${extents.text}, more than the 100 % that there are`);
  return { kind: 'extents', expression: extents.text.trim() };
}
