import type { DiskLayout } from '../model/layout.js';
import type { StepContext } from '../model/step-context.js';
import { layOutDisk } from './size-disk.js';

/**
 * Makes the raw files of all images from the finished tree.
 *
 * The tree has changed since the disk was sized: when it would now get a larger disk, it gets that one. Identifiers
 * and partition numbers, which hooks have seen, stay the same.
 */
export async function createDisk(context: StepContext): Promise<void> {
  const { plan, ports, state } = context;
  const { layoutSpec } = plan;
  const early = state.layout;
  if (layoutSpec === undefined || early === undefined) throw new Error('Internal error: the disk was not laid out');
  const late = layOutDisk(layoutSpec, await ports.measureTree(), context);
  const layout = totalBytes(late) > totalBytes(early) ? late : early;
  state.layout = layout;
  // Boot code is embedded only when a hook asked for it by grub-install: a copied tree may hold that of another disk.
  const hasBiosBoot = state.bootRecords.some((record) => record.startsWith('i386-pc'));
  state.rawPaths = await ports.assembleDisk(layout, hasBiosBoot ? 'required' : undefined);
}

function totalBytes(layout: DiskLayout): number {
  return layout.images.reduce((sum, image) => sum + image.sizeBytes, 0);
}
