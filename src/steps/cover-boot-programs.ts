import { assetsDirectory } from '../base/assets.js';
import type { StepContext } from '../model/step-context.js';

/** Where distributions keep the programs of GRUB that look at devices, and what stands in for each. */
const standIns: readonly (readonly [pathInTree: string, standIn: string])[] = ['sbin', 'bin'].flatMap((directory) =>
  ['grub', 'grub2'].flatMap((name) =>
    ['probe', 'install', 'mkrelpath'].map(
      (program) => [`/usr/${directory}/${name}-${program}`, `grub-${program}`] as const,
    ),
  ),
);

/**
 * Lays the stand-ins over the programs of GRUB in the tree: there is no device that they could look at, they answer
 * from the table of the layout. Only the mount namespace changes, the tree does not.
 *
 * @see assets/target/README.md
 */
export async function coverBootPrograms(context: StepContext): Promise<void> {
  if (context.state.layout === undefined || context.plan.diskMode.mode === 'loop') return;
  for (const [pathInTree, standIn] of standIns) {
    await context.ports.target.coverFile(pathInTree, `${assetsDirectory}/target/${standIn}`);
  }
}
