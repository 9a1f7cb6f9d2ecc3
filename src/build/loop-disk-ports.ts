import { mkdtemp } from 'node:fs/promises';
import { assembleDisk, isPopulatable, remakeFileSystem } from '../disk/assemble-disk.js';
import { adoptDevice } from '../loop/adopt-device.js';
import { openLoopDisk } from '../loop/open-loop-disk.js';
import type { Ports } from '../model/ports.js';
import type { StepPorts } from '../model/step-context.js';
import type { Workspace } from '../model/workspace.js';

/** Where and how disks are made. */
export interface LoopDiskPlace {
  readonly workspace: Workspace;
  readonly sourceDateEpochSeconds?: number;
}

/** The doors to the loop mode, with the room that writes disks behind it. */
export function loopDiskPorts(place: LoopDiskPlace, ports: Ports): Pick<StepPorts, 'openLoopDisk' | 'adoptDevice'> {
  const { workspace, sourceDateEpochSeconds } = place;
  const { treeDirectory, imageDirectory, scratchDirectory, kernelDirectory } = workspace;
  const devDirectory = `${kernelDirectory}/dev`;
  const times = sourceDateEpochSeconds === undefined ? {} : { sourceDateEpochSeconds };
  const makeWorkDirectory = (): Promise<string> => mkdtemp(`${scratchDirectory}/loop-disk-`);
  return {
    async openLoopDisk(layout) {
      const workDirectory = await makeWorkDirectory();
      return openLoopDisk(
        { layout, treeDirectory, devDirectory, workDirectory },
        {
          isPopulatable,
          makeImages: (unmadeFileSystems) =>
            assembleDisk({ layout, treeDirectory, imageDirectory, workDirectory, unmadeFileSystems, ...times }, ports),
          remake: (fileSystem, partDirectory, imagePaths) =>
            remakeFileSystem({ layout, fileSystem, partDirectory, imagePaths, workDirectory, ...times }, ports),
        },
        ports,
      );
    },
    async adoptDevice(request) {
      return adoptDevice({ ...request, treeDirectory, devDirectory, workDirectory: await makeWorkDirectory() }, ports);
    },
  };
}
