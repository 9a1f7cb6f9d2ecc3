import type { FileSystemSpec, MountSpec } from '../model/layout.js';
import type { FaultList } from './fault-list.js';
import type { LayoutNode } from './layout-node.js';
import { normaliseMountPoint, type ReadFstab, type ReadMount } from './read-mount.js';

/**
 * Joins mounts with their file systems and fstab entries, in mount order: by plain comparison of the mount point,
 * so parents come first and swap (`none`) last. `chainedNodes` gives each mount's node with the one before it added.
 */
export function composeMounts(
  read: {
    readonly mounts: readonly ReadMount[];
    readonly fstabs: readonly ReadFstab[];
    readonly fileSystems: readonly FileSystemSpec[];
  },
  faults: FaultList,
): { readonly mounts: readonly MountSpec[]; readonly chainedNodes: ReadonlyMap<LayoutNode, LayoutNode> } {
  const sorted = read.mounts
    .map((mount) => {
      const fileSystem = read.fileSystems.find(({ name }) => name === mount.fileSystem);
      const isSwap = fileSystem?.type === 'swap';
      return { mount, isSwap, mountPoint: isSwap ? 'none' : judgeMountPoint(mount, faults) };
    })
    .sort((a, b) => compare(a.mountPoint, b.mountPoint));
  checkCollisions(sorted, faults);
  checkFstabs(read.fstabs, faults);
  const mounts = sorted.map(({ mount, isSwap, mountPoint }): MountSpec => {
    const fields = read.fstabs.find((fstab) => fstab.mount === mount.name)?.fields;
    const fstab = fields !== undefined && isSwap ? { options: 'sw', dumpFrequency: 0, passNumber: 0 } : fields;
    return {
      name: mount.name,
      fileSystem: mount.fileSystem,
      mountPoint,
      ...(fstab === undefined ? {} : { fstab }),
      where: faults.where(mount.place),
    };
  });
  const chainedNodes = new Map(
    sorted.map(({ mount }, index) => {
      const previous = sorted[index - 1]?.mount.name;
      const madeAfter = [...(previous === undefined ? [] : [previous]), ...mount.node.madeAfter];
      return [mount.node, { ...mount.node, madeAfter }];
    }),
  );
  return { mounts, chainedNodes };
}

function judgeMountPoint(mount: ReadMount, faults: FaultList): string {
  if (mount.mountPoint === undefined) {
    faults.fault(mount.place, `mount "${mount.name}" needs "mount_point"`);
    return '';
  }
  const path = normaliseMountPoint(mount.mountPoint);
  if (typeof path === 'string') return path;
  faults.fault(mount.mountPointPlace, `mount_point of mount "${mount.name}" is "${mount.mountPoint}": ${path.reason}`);
  return '';
}

function checkCollisions(
  sorted: readonly { readonly mount: ReadMount; readonly isSwap: boolean; readonly mountPoint: string }[],
  faults: FaultList,
): void {
  for (const [index, { mount, isSwap, mountPoint }] of sorted.entries()) {
    const before = sorted.slice(0, index);
    const samePoint = before.find((other) => !isSwap && mountPoint !== '' && other.mountPoint === mountPoint);
    if (samePoint !== undefined)
      faults.fault(
        mount.mountPointPlace,
        `mounts "${samePoint.mount.name}" (line ${samePoint.mount.place.line}) and "${mount.name}" collide at ${mountPoint}`,
      );
    const sameFileSystem = before.find(
      (other) => mount.fileSystem !== '' && other.mount.fileSystem === mount.fileSystem,
    );
    if (sameFileSystem !== undefined)
      faults.fault(
        mount.place,
        `mkfs "${mount.fileSystem}" is mounted twice, by "${sameFileSystem.mount.name}" and "${mount.name}"`,
      );
  }
}

function checkFstabs(fstabs: readonly ReadFstab[], faults: FaultList): void {
  for (const [index, { mount, node }] of fstabs.entries())
    if (mount !== '' && fstabs.slice(0, index).some((other) => other.mount === mount))
      faults.fault(node.place, `mount "${mount}" has two fstab entries`);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
