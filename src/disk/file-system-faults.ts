import { BuildError } from '../base/build-error.js';
import { populatorTable } from './populator-table.js';

/** The file systems that cannot be made in user space, a fault for each that names what can be done. */
export function fileSystemFaults(
  fileSystems: readonly {
    readonly name: string;
    readonly type: string;
    readonly mountPoint?: string | undefined;
    readonly where?: string | undefined;
  }[],
): readonly BuildError[] {
  return fileSystems
    .filter(({ type }) => populatorTable[type] === undefined)
    .map(
      ({ name, type, mountPoint, where }) =>
        new BuildError({
          code: 'FILE_SYSTEM_UNSUPPORTED',
          message: `file system "${name}" (${mountPoint ?? 'not mounted'}) of type "${type}" cannot be made in user space; these can: ${Object.keys(populatorTable).join(', ')}`,
          hint: 'use another type, or DIB_DISK_MODE=loop (needs root and loop devices)',
          ...(where === undefined ? {} : { where }),
        }),
    );
}
