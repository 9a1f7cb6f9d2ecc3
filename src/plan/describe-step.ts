import { unreachable } from '../base/build-error.js';
import type { Step } from '../model/plan.js';

/** A step in a few words, as plans, progress and logs show it. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'stage-hooks':
      return 'stage the hooks of all elements';
    case 'run-phase':
      return `run ${step.phase}.d ${step.place === 'chroot' ? 'in the chroot' : 'on the host'}`;
    case 'prepare-target':
      return 'prepare the tree for hooks inside';
    case 'install-packages':
      return `install ${step.packages.join(' ')}`;
    case 'size-disk':
      return 'measure the tree and size the disk';
    case 'open-loop-disk':
      return 'make the disk and mount it on loop devices';
    case 'close-loop-disk':
      return 'unmount the disk';
    case 'tidy-tree':
      return 'tidy the tree';
    case 'create-disk':
      return 'make the disk from the tree';
    case 'write-artifacts':
      return `write ${step.formats.join(', ')}`;
    default:
      return unreachable(step);
  }
}
