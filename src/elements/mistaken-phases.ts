import { nearName } from '../base/near-name.js';
import type { Element } from '../model/element.js';
import { phases } from '../model/phase.js';

/** Directories whose files run or are sourced. */
export const hookDirectories: readonly string[] = [...phases.map((phase) => `${phase}.d`), 'environment.d'];

/** Directories of other interfaces whose names happen to be near a phase's. */
const knownData = /^(init|udev|ramdisk-install|binary-deps|dracut|modprobe|firstboot|install)(\.d)?$/;

/**
 * The directory of hooks that a directory of an element was most likely meant to be, or undefined: `instal.d`,
 * `pre_install.d`, `finalize.d`.
 */
export function meantPhaseDirectory(directory: string): string | undefined {
  if (hookDirectories.includes(directory) || (knownData.test(directory) && directory !== 'install')) return undefined;
  if (/^(pre)?finalized$/.test(squeeze(directory))) return 'finalise.d';
  return directory.endsWith('.d')
    ? nearName(directory, hookDirectories)
    : hookDirectories.find((name) => name === `${directory}.d` || squeeze(name) === squeeze(directory));
}

/** Warnings of directories whose hooks never run, as their names are no phase's. */
export function warnOfMistakenPhases(elements: readonly Element[]): readonly string[] {
  return elements.flatMap(({ name, files }) => {
    const directories = new Set(
      files.filter(({ path }) => path.includes('/')).map(({ path }) => path.split('/')[0] ?? ''),
    );
    return [...directories].flatMap((directory) => {
      const meant = meantPhaseDirectory(directory);
      return meant === undefined
        ? []
        : [`${name}: ${directory} is no phase, so nothing in it runs: did you mean ${meant}?`];
    });
  });
}

function squeeze(directory: string): string {
  return directory.toLowerCase().replaceAll(/[-_.]/g, '');
}
