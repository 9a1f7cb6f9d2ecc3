import type { StepContext } from '../model/step-context.js';

/** Makes the raw files of all images from the finished tree. */
export async function createDisk(context: StepContext): Promise<void> {
  const { layout } = context.state;
  if (layout === undefined) throw new Error('Internal error: the disk was not laid out');
  // Boot code is embedded only when a hook asked for it by grub-install: a copied tree may hold that of another disk.
  const hasBiosBoot = context.state.bootRecords.some((record) => record.startsWith('i386-pc'));
  context.state.rawPaths = await context.ports.assembleDisk(layout, hasBiosBoot ? 'required' : undefined);
}
