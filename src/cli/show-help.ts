import type { Invocation } from './command-row.js';
import { renderHelp } from './render-help.js';

/** Prints the help of the command that was called. @returns the exit status, 0 */
export function showHelp({ programName, row, world }: Invocation): number {
  world.writeOut(
    renderHelp({
      command: programName === row.name ? programName : `${programName} ${row.name}`,
      row,
      isRamdisk: programName === 'ramdisk-image-create',
      columns: world.columns,
    }),
  );
  return 0;
}
