import type { StepContext } from '../model/step-context.js';

/** Makes the raw files of all images from the finished tree. */
export async function createDisk(context: StepContext): Promise<void> {
  const { layout } = context.state;
  if (layout === undefined) throw new Error('Internal error: the disk was not laid out');
  context.state.rawPaths = await context.ports.assembleDisk(layout);
}
