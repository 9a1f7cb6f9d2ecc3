import { populateBtrfs } from './populate-btrfs.js';
import { populateExt } from './populate-ext.js';
import { populateVfat } from './populate-vfat.js';
import { populateXfs } from './populate-xfs.js';
import type { Populate } from './run-mkfs.js';
import { populateSwap } from './swap.js';

/** How one type of file system is made from a directory. */
export interface Populator {
  readonly populate: Populate;
  /** Works at an offset of a bigger file; otherwise it needs a file of its own. */
  readonly worksInPlace: boolean;
}

/** Types that can be made in user space, by the names that `mkfs -t` takes. */
export const populatorTable: Readonly<Record<string, Populator>> = {
  ext2: { populate: populateExt, worksInPlace: true },
  ext3: { populate: populateExt, worksInPlace: true },
  ext4: { populate: populateExt, worksInPlace: true },
  vfat: { populate: populateVfat, worksInPlace: true },
  fat: { populate: populateVfat, worksInPlace: true },
  msdos: { populate: populateVfat, worksInPlace: true },
  swap: { populate: populateSwap, worksInPlace: true },
  xfs: { populate: populateXfs, worksInPlace: false },
  btrfs: { populate: populateBtrfs, worksInPlace: false },
};
