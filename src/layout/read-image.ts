import { alignUp } from '../base/units.js';
import type { ImageSpec } from '../model/layout.js';
import type { FaultList } from './fault-list.js';
import type { FlatEntry } from './flatten-tree.js';
import type { LayoutNode } from './layout-node.js';
import { readEntry } from './read-entry.js';

/** Reads a `local_loop`. A size is rounded up to whole sectors; `forcedSectorSizeBytes` wins over `block_size`. */
export function readImage(
  entry: FlatEntry,
  forcedSectorSizeBytes: number | undefined,
  faults: FaultList,
): { readonly image: ImageSpec; readonly node: LayoutNode } {
  const reader = readEntry(entry.keys, entry.place, `local_loop "${entry.name}"`, faults);
  if (entry.name === '' || entry.name.includes('/'))
    faults.fault(entry.place, `local_loop "${entry.name}" is the name of a file, so it cannot be empty or contain "/"`);
  const sectorSizeBytes = forcedSectorSizeBytes ?? reader.integer('block_size') ?? 512;
  if (sectorSizeBytes !== 512 && sectorSizeBytes !== 4096) {
    const source = forcedSectorSizeBytes === undefined ? 'block_size' : 'DIB_BLOCK_SIZE';
    faults.fault(entry.place, `${source} of local_loop "${entry.name}" is ${sectorSizeBytes}; it can be 512 or 4096`);
  }
  const size = reader.size('size', { isPercentAllowed: false });
  if (size?.kind === 'bytes' && size.sizeBytes === 0)
    faults.fault(entry.place, `local_loop "${entry.name}" has size 0`);
  const directory = reader.text('directory')?.text;
  const image: ImageSpec = {
    name: entry.name,
    ...(size?.kind === 'bytes' ? { sizeBytes: alignUp(size.sizeBytes, sectorSizeBytes) } : {}),
    ...(directory === undefined ? {} : { directory }),
    sectorSizeBytes: sectorSizeBytes === 4096 ? 4096 : 512,
    where: faults.where(entry.place),
  };
  const node: LayoutNode = {
    kind: 'local_loop',
    name: entry.name,
    place: entry.place,
    references: [],
    madeAfter: [],
    madeBefore: [],
  };
  return { image, node };
}
