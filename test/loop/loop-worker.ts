import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withScope } from '../../src/base/scope.js';
import { assembleDisk, isPopulatable, remakeFileSystem } from '../../src/disk/assemble-disk.js';
import { adoptDevice } from '../../src/loop/adopt-device.js';
import { copyPart } from '../../src/loop/copy-part.js';
import { makeDeviceNodes } from '../../src/loop/device-nodes.js';
import { mountFileSystems } from '../../src/loop/mount-file-systems.js';
import { isMounted, openDevices } from '../../src/loop/open-devices.js';
import { openLoopDisk } from '../../src/loop/open-loop-disk.js';
import { findHolders, isMountPoint, releaseMount } from '../../src/loop/release-mount.js';
import type { EventContent } from '../../src/model/event.js';
import type { DiskLayout } from '../../src/model/layout.js';
import type { LoopDisk } from '../../src/model/step-context.js';
import { openDiskPorts } from '../disk/disk-ports.js';
import { describeTree } from '../disk/sample-tree.js';

// Started in namespaces of its own: the scenario is named on the command line, its input comes on standard input.
const events: EventContent[] = [];
const ports = openDiskPorts(events);

interface Place {
  readonly layout: DiskLayout;
  /** With `tree`, `images` and `work` in it. */
  readonly directory: string;
  /** Types that the maker of disks is to be without. */
  readonly withoutTypes?: readonly string[];
}

const scenarios: Readonly<Record<string, (input: never) => Promise<unknown>>> = {
  async 'whole disk'(place: Place & { readonly isShownAfterwards?: boolean }) {
    const treeDirectory = join(place.directory, 'tree');
    const disk = await open(place);
    const during = await describeTree(treeDirectory, { skips: /lost\+found/ });
    const mounts = mountsBelow(treeDirectory);
    writeFileSync(join(treeDirectory, 'boot/written-later'), 'by a hook\n');
    if (existsSync(join(treeDirectory, 'boot/efi'))) writeFileSync(join(treeDirectory, 'boot/efi/late.efi'), 'late\n');
    const imagePaths = await disk.close();
    const left = { mounts: mountsBelow(place.directory), loops: attachedBelow(place.directory) };
    const shown = place.isShownAfterwards === true ? await disk.showReadOnly() : [];
    const after = place.isShownAfterwards === true ? await describeTree(treeDirectory, { skips: /lost\+found/ }) : [];
    return {
      devices: [...disk.devices],
      imageDevice: disk.imageDevice,
      mountPoints: disk.mountPoints,
      during,
      mounts,
      imagePaths: [...imagePaths],
      left,
      shown,
      after,
      warnings: events.flatMap((event) => (event.kind === 'message' ? [event.text] : [])),
    };
  },

  async 'killed while mounted'(place: Place) {
    await open(place);
    const attached = attachedBelow(place.directory);
    process.stdout.write(`${JSON.stringify(attached)}\n`);
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  },

  async devices({ layout, directory }: Place) {
    return withScope(async (scope) => {
      const imagePaths = await assemble({ layout, directory });
      const devices = await openDevices({ layout, imagePaths }, ports, scope);
      const devDirectory = join(directory, 'dev');
      mkdirSync(devDirectory, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', 'dib-test-dev', devDirectory]);
      await makeDeviceNodes({ layout, devices, devDirectory }, ports);
      const uuids = readdirSync(join(devDirectory, 'disk/by-uuid'));
      const readByUuid = uuids.map((uuid) =>
        execFileSync('blkid', ['-p', '-s', 'UUID', '-o', 'value', join(devDirectory, 'disk/by-uuid', uuid)], {
          encoding: 'utf8',
        }).trim(),
      );
      return { devices: [...devices], uuids, readByUuid, labels: readdirSync(join(devDirectory, 'disk/by-label')) };
    });
  },

  async 'mounts and holders'({ layout, directory }: Place) {
    const treeDirectory = join(directory, 'tree');
    const oldTreeDirectory = join(directory, 'old');
    mkdirSync(oldTreeDirectory);
    execFileSync('mount', ['--bind', treeDirectory, oldTreeDirectory]);
    const imagePaths = await assemble({ layout, directory });
    return withScope(async (scope) => {
      const devices = await openDevices({ layout, imagePaths }, ports, scope);
      const { mountPoints } = await mountFileSystems(
        {
          fileSystems: layout.fileSystems.filter(isMounted),
          treeDirectory,
          oldTreeDirectory,
          devices,
          unmadeFileSystems: [],
        },
        ports,
        scope,
      );
      process.chdir(treeDirectory);
      const holders = await findHolders(treeDirectory);
      const failure = await releaseMount({ mountPoint: mountPoints.at(-1) ?? '', isTrimmed: true }, ports).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const isStill = await isMountPoint(mountPoints.at(-1) ?? '');
      const busy = await releaseMount({ mountPoint: treeDirectory, isTrimmed: false }, ports).then(
        () => undefined,
        (error: Error) => error.message,
      );
      process.chdir('/');
      return { mountPoints, holders: holders.map(({ path }) => path), failure, isStill, busy };
    });
  },

  async 'copy a part'({ directory, mountPoints }: Place & { readonly mountPoints: readonly string[] }) {
    const fileSystems = mountPoints.map((mountPoint) => ({ mountPoint })) as unknown as DiskLayout['fileSystems'];
    const [fileSystem] = fileSystems;
    if (fileSystem === undefined) throw new Error('no file system');
    const copied = join(directory, 'copied');
    mkdirSync(copied);
    await copyPart({ fileSystem, fileSystems, partDirectory: join(directory, 'tree'), mountPoint: copied }, ports);
    return describeTree(copied, { hasTimes: true });
  },

  async adopt({ layout, directory, command }: Place & { readonly command: string }) {
    const treeDirectory = join(directory, 'tree');
    const device = execFileSync('sh', ['-euc', command], { cwd: directory, encoding: 'utf8' }).trim();
    mkdirSync(join(directory, 'dev'), { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'dib-test-dev', join(directory, 'dev')]);
    const outcome = await adoptDevice(
      { layout, device, treeDirectory, devDirectory: join(directory, 'dev'), workDirectory: join(directory, 'work') },
      ports,
    ).catch((error: Error) => error.message);
    if (typeof outcome === 'string') return { failure: outcome, loops: attachedBelow(directory) };
    const during = await describeTree(treeDirectory, { skips: /lost\+found/ });
    const nodes = readdirSync(join(directory, 'dev')).filter((name) => name.startsWith('loop'));
    const imagePaths = await outcome.close();
    const loops = attachedBelow(directory);
    await outcome.showReadOnly();
    const after = await describeTree(treeDirectory, { skips: /lost\+found/ });
    return { device, imageDevice: outcome.imageDevice, imagePaths: [...imagePaths], during, after, nodes, loops };
  },
};

async function open({ layout, directory, withoutTypes = [] }: Place): Promise<LoopDisk> {
  const [treeDirectory, imageDirectory, workDirectory, devDirectory] = ['tree', 'images', 'work', 'dev'].map((name) =>
    join(directory, name),
  ) as [string, string, string, string];
  mkdirSync(devDirectory, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'dib-test-dev', devDirectory]);
  return openLoopDisk(
    { layout, treeDirectory, devDirectory, workDirectory },
    {
      isPopulatable: (type) => isPopulatable(type) && !withoutTypes.includes(type),
      makeImages: (unmadeFileSystems) =>
        assembleDisk({ layout, treeDirectory, imageDirectory, workDirectory, unmadeFileSystems }, ports),
      remake: (fileSystem, partDirectory, imagePaths) =>
        remakeFileSystem({ layout, fileSystem, partDirectory, imagePaths, workDirectory }, ports),
    },
    ports,
  );
}

function assemble({ layout, directory }: Place): Promise<ReadonlyMap<string, string>> {
  return assembleDisk(
    {
      layout,
      treeDirectory: join(directory, 'tree'),
      imageDirectory: join(directory, 'images'),
      workDirectory: join(directory, 'work'),
    },
    ports,
  );
}

/** `DEVICE POINT TYPE` of what is mounted at and below a directory. */
function mountsBelow(directory: string): readonly string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ').slice(0, 3))
    .filter(
      ([source, point = '']) => source !== 'dib-test-dev' && (point === directory || point.startsWith(`${directory}/`)),
    )
    .map((words) => words.join(' ').replace(directory, 'DIR'));
}

function attachedBelow(directory: string): readonly string[] {
  const { loopdevices = [] } = JSON.parse(execFileSync('losetup', ['--json', '--list'], { encoding: 'utf8' }) || '{}');
  return loopdevices
    .filter((loop: { 'back-file': string | null }) => loop['back-file']?.startsWith(directory) === true)
    .map((loop: { name: string }) => loop.name);
}

const scenario = scenarios[process.argv[2] ?? ''];
if (scenario === undefined) throw new Error(`no scenario ${process.argv[2]}`);
const result = await scenario(JSON.parse(readFileSync(0, 'utf8')) as never);
process.stdout.write(JSON.stringify(result));
