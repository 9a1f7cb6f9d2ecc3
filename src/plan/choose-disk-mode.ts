import { describeFormat } from '../base/format-table.js';
import type { ElementSet } from '../model/element.js';
import type { DiskModeChoice } from '../model/plan.js';
import type { BuildRequest } from '../model/request.js';

/**
 * Decides how the disk is made, and says why.
 *
 * Nothing is made when no format needs a disk, in ramdisk mode, or with the element `no-final-image`. Elements that
 * make the block device themselves (`block-device.d`) need the loop mode.
 */
export function chooseDiskMode({
  request,
  elementSet,
}: {
  readonly request: BuildRequest;
  readonly elementSet: ElementSet;
}): DiskModeChoice {
  if (request.mode === 'ramdisk') return { mode: 'none', because: 'a ramdisk has no disk image' };
  if (elementSet.elements.some((element) => element.name === 'no-final-image')) {
    return { mode: 'none', because: 'the element no-final-image is in the build' };
  }
  const format = request.formats.find((name) => describeFormat(name).source === 'disk');
  if (format === undefined) return { mode: 'none', because: 'no requested format is made from a disk' };
  if (request.diskMode !== undefined) return { mode: request.diskMode, because: `DIB_DISK_MODE=${request.diskMode}` };
  const owner = elementSet.elements.find((element) =>
    element.files.some((file) => file.path.startsWith('block-device.d/')),
  );
  if (owner !== undefined) return { mode: 'loop', because: `element "${owner.name}" has block-device.d hooks` };
  return { mode: 'files', because: 'every file system is made from its part of the tree, without loop devices' };
}
