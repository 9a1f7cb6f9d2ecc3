import { readFileSync } from 'node:fs';
import { builtinElementsDirectory } from '../base/assets.js';
import { describeFormat } from '../base/format-table.js';
import type { Element, ElementSet } from '../model/element.js';
import type { DiskModeChoice } from '../model/plan.js';
import type { BuildRequest } from '../model/request.js';

/**
 * Decides how the disk is made, and says why.
 *
 * Nothing is made when no format needs a disk, in ramdisk mode, or with the element `no-final-image`. Elements that
 * make the block device themselves (`block-device.d`), `zipl`, and those not of this package whose hooks work on the
 * device, need the loop mode.
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
  if (elementSet.elements.some(isZipl))
    return { mode: 'loop', because: 'the element zipl writes where the blocks of the kernel lie' };
  const user = findDeviceUser(elementSet.elements);
  if (user !== undefined)
    return { mode: 'loop', because: `hook ${user.hook} of element "${user.element}" uses ${user.variable}` };
  return { mode: 'files', because: 'every file system is made from its part of the tree, without loop devices' };
}

/** The only element of this package that the files mode has no stand-in for. */
function isZipl({ name, directory }: Element): boolean {
  return name === 'zipl' && directory.startsWith(`${builtinElementsDirectory}/`);
}

interface DeviceUser {
  readonly element: string;
  readonly hook: string;
  readonly variable: string;
}

const hookPattern = /^(pre-finalise|finalise|cleanup)\.d\/[^/]+$/;

/** The first hook of a foreign element that does more with the device than the files mode answers. */
function findDeviceUser(elements: readonly Element[]): DeviceUser | undefined {
  for (const element of elements) {
    if (element.directory.startsWith(`${builtinElementsDirectory}/`)) continue;
    for (const { path, kind } of element.files) {
      if (kind !== 'file' || !hookPattern.test(path)) continue;
      const variable = usedDeviceVariable(readFileSync(`${element.directory}/${path}`, 'latin1'));
      if (variable !== undefined) return { element: element.name, hook: path, variable };
    }
  }
  return undefined;
}

/**
 * The variable by which a hook works on the disk: one that it only tests for being set, or hands to grub-install (for
 * which the files mode has a stand-in), does not count; neither do comments.
 */
export function usedDeviceVariable(hookText: string): string | undefined {
  const lines = hookText.replace(/\\\r?\n/g, ' ').split('\n');
  for (const line of lines) {
    const code = line.replace(/(^|\s)#.*$/, '');
    if (/\bgrub2?-install\b/.test(code)) continue;
    const used = /\bIMAGE_BLOCK_DEVICES?\b/.exec(code.replace(isSetTest, ''));
    if (used !== null) return used[0];
  }
  return undefined;
}

/** `[ -n "$IMAGE_BLOCK_DEVICE" ]` and its like: asks whether there is a disk, not which. */
const isSetTest = /\[\[?\s+!?\s*-[nz]\s+"?\$\{?IMAGE_BLOCK_DEVICES?(:?-)?\}?"?\s+\]\]?/g;
