import { type BuildError, faultsOf } from '../base/build-error.js';
import { fileSystemFaults } from '../disk/file-system-faults.js';
import { fittedImageSizes } from '../layout/size-image.js';
import { sizeLayout } from '../layout/size-layout.js';
import type { DiskLayoutSpec } from '../model/layout.js';
import type { DiskModeChoice } from '../model/plan.js';
import type { Ports } from '../model/ports.js';
import type { BuildRequest } from '../model/request.js';

/**
 * What would stop the making of the disk after the tree is built, and can be known before: file systems that the mode
 * cannot make, and what does not fit even without a single file: all of it on disks whose size is given, parts of fixed size
 * on the others.
 */
export function findDiskFaults(
  {
    spec,
    request,
    diskMode,
  }: {
    readonly spec: DiskLayoutSpec;
    readonly request: Pick<BuildRequest, 'size' | 'rootFileSystem'>;
    readonly diskMode: DiskModeChoice;
  },
  ports: Pick<Ports, 'identities'>,
): readonly BuildError[] {
  if (diskMode.mode === 'none') return [];
  const unmade = diskMode.mode === 'loop' ? [] : fileSystemFaults(withMountPoints(spec));
  try {
    const fitted = fittedImageSizes(spec, { usage: new Map(), size: request.size, root: request.rootFileSystem });
    sizeLayout(spec, { ...fitted, identities: ports.identities });
  } catch (error) {
    if (faultsOf(error).length === 0) throw error;
    return [...unmade, ...faultsOf(error)];
  }
  return unmade;
}

function withMountPoints(spec: DiskLayoutSpec) {
  return spec.fileSystems.map(({ name, type, where }) => ({
    name,
    type,
    where,
    mountPoint: spec.mounts.find(({ fileSystem }) => fileSystem === name)?.mountPoint,
  }));
}
