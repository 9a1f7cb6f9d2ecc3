import { BuildError } from '../base/build-error.js';
import { layoutValues } from '../layout/layout-values.js';
import type { DiskLayout, DiskLayoutSpec } from '../model/layout.js';
import type { BlockDeviceState } from './block-device-plugin.js';

/** What the state is written from. */
export interface StateSource {
  readonly spec: DiskLayoutSpec;
  readonly layout: DiskLayout;
  /** Node name → device. */
  readonly devices: ReadonlyMap<string, string>;
  /** Paths of the raw files, named as their images. */
  readonly images: readonly string[];
  readonly mountBase: string;
}

/** The content of `state.json`, in the shape that hooks know from the original. */
export function describeLayout(source: StateSource): BlockDeviceState {
  const { spec, layout, devices, images, mountBase } = source;
  const volumes = layout.volumeGroups.flatMap(({ name, logicalVolumes }) =>
    logicalVolumes.map((volume) => ({ group: name, volume })),
  );
  const blockdev = Object.fromEntries(
    [...devices].map(([name, device]) => {
      const image = images.find((path) => path.endsWith(`/${name}.raw`));
      const volume = volumes.find((candidate) => candidate.volume.name === name);
      if (layout.images.some((candidate) => candidate.name === name) && image !== undefined)
        return [name, { device, image }];
      if (volume === undefined) return [name, { device }];
      const size = `${volume.volume.sizeBytes}`;
      return [name, { vgs: volume.group, size, extents: null, opts: null, device }];
    }),
  );
  const deviceOf = (name: string): string => devices.get(name) ?? '';
  const mounts = spec.mounts.map((mount) => ({
    ...mount,
    path: mount.mountPoint === 'none' ? 'none' : `${mountBase}${mount.mountPoint}`,
  }));
  return {
    fs_labels: spec.fileSystems.map(({ label }) => label),
    sorted_mount_points: mounts.map(({ mountPoint, name }) => [mountPoint, name]),
    blockdev,
    ...(layout.volumeGroups.length === 0
      ? {}
      : {
          pvs: Object.fromEntries(
            spec.volumeGroups.flatMap(({ physicalVolumes }) =>
              physicalVolumes.map(({ name, base, options = [] }) => [name, { opts: options, device: deviceOf(base) }]),
            ),
          ),
          vgs: Object.fromEntries(
            spec.volumeGroups.map(({ name, physicalVolumes, options = [] }) => [
              name,
              { opts: options, devices: physicalVolumes.map((volume) => volume.name) },
            ]),
          ),
        }),
    filesys: Object.fromEntries(
      layout.fileSystems.map(({ name, uuid, label, type, options, base }) => [
        name,
        { uuid, label, fstype: type, opts: options.length === 0 ? null : options, device: deviceOf(base) },
      ]),
    ),
    mount: Object.fromEntries(
      mounts.map(({ mountPoint, name, fileSystem, path }) => [mountPoint, { name, base: fileSystem, path }]),
    ),
    mount_order: mounts.map(({ mountPoint }) => mountPoint),
    fstab: Object.fromEntries(
      mounts.flatMap(({ name, fstab }) =>
        fstab === undefined
          ? []
          : [
              [
                name,
                {
                  name: `fstab_${name}`,
                  base: name,
                  options: fstab.options,
                  'dump-freq': fstab.dumpFrequency,
                  'fsck-passno': fstab.passNumber,
                },
              ],
            ],
      ),
    ),
  };
}

/** Symbols of `getval` that a layout answers before anything is made. */
export const layoutSymbols = ['root-label', 'root-fstype', 'boot-label', 'mount-points'] as const;
/** Symbols that need what `create` has made. */
export const deviceSymbols = ['image-path', 'image-block-device', 'image-block-devices'] as const;

/** The answer of `getval` from the layout; undefined for a symbol that is none of {@link layoutSymbols}. */
export function layoutAnswer(symbol: string, spec: DiskLayoutSpec): string | undefined {
  const values = layoutValues(spec);
  const answers: Readonly<Record<string, string>> = {
    'root-label': values.rootLabel,
    'root-fstype': values.rootFileSystemType,
    'boot-label': values.bootLabel,
    'mount-points': values.mountPoints,
  };
  return answers[symbol];
}

/** The answer of `getval` from the state. @throws BuildError `LAYOUT_INVALID` when the disk of the root is not in it */
export function deviceAnswer(symbol: string, state: BlockDeviceState, rootImage: string): string {
  const { blockdev = {} } = state;
  if (symbol === 'image-block-devices')
    return Object.entries(blockdev)
      .map(([name, { device }]) => ` [${name}]=${device} `)
      .join('');
  const disk = blockdev.image0 ?? blockdev[rootImage];
  const answer = symbol === 'image-path' ? disk?.image : disk?.device;
  if (answer !== undefined) return answer;
  throw new BuildError({
    code: 'LAYOUT_INVALID',
    message: `the state has no disk "${rootImage}", so ${symbol} is not known`,
    hint: 'the last "dib-block-device create" failed early',
  });
}
