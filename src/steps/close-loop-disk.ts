import { describeFormat } from '../base/format-table.js';
import type { StepContext } from '../model/step-context.js';

/**
 * Unmounts and detaches the disk: its raw files are finished then. When archives are wanted too, it is mounted again
 * read-only, as the tree is what it holds.
 */
export async function closeLoopDisk(context: StepContext): Promise<void> {
  const { plan, ports, state } = context;
  const disk = state.loopDisk;
  if (disk === undefined) throw new Error('Internal error: the disk is not mounted');
  await ports.target.endLeftovers();
  await ports.target.unmountAll();
  ports.target.keepMounted([]);
  state.rawPaths = await disk.close();
  delete state.loopDisk;
  if (plan.request.formats.some((format) => describeFormat(format).source === 'tree'))
    state.diskMountPoints = await disk.showReadOnly();
}
