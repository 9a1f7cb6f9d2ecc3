import { writeFile } from 'node:fs/promises';
import { kibibyte } from '../base/units.js';
import type { DiskLayout } from '../model/layout.js';
import type { LoopDisk, StepContext } from '../model/step-context.js';
import { deviceNameOf, formatBootTable } from './boot-table.js';
import { parseDeviceLines } from './parse-device-lines.js';

/**
 * Makes the disk and mounts it over the tree, so that the last hooks find devices: `IMAGE_BLOCK_DEVICE`,
 * `IMAGE_BLOCK_DEVICES` and the table for boot loaders name real ones from now on.
 *
 * When a hook of `block-device.d` has made the disk itself and said `IMAGE_BLOCK_DEVICE=…`, that one is used.
 */
export async function openLoopDiskStep(context: StepContext): Promise<void> {
  const { ports, state, workspace } = context;
  const { layout } = state;
  if (layout === undefined) throw new Error('Internal error: the disk was not laid out');
  await ports.target.endLeftovers();
  await ports.target.unmountAll();
  const { device, imagePath } = parseDeviceLines(state.blockDeviceOutput ?? '');
  const disk =
    device === undefined
      ? await ports.openLoopDisk(layout)
      : await ports.adoptDevice({ layout, device, ...(imagePath === undefined ? {} : { imagePath }) });
  state.loopDisk = disk;
  ports.target.keepMounted(disk.mountPoints);
  const sizeBytes = layout.images.reduce((sum, image) => sum + image.sizeBytes, 0);
  state.hookVariables.set('DIB_IMAGE_SIZE', String(Math.ceil(sizeBytes / kibibyte)));
  state.hookVariables.set('IMAGE_BLOCK_DEVICE', disk.imageDevice);
  state.hookVariables.set(
    'IMAGE_BLOCK_DEVICES',
    [...disk.devices].map(([name, path]) => ` [${name}]=${path} `).join(''),
  );
  if (device === undefined)
    await writeFile(`${workspace.stagingDirectory}/dib-layout`, withRealNames(formatBootTable(layout), layout, disk));
  await ports.target.attachKernelFileSystems();
}

/** The same table with the names of devices that exist. */
function withRealNames(table: string, layout: DiskLayout, disk: LoopDisk): string {
  const names = new Map<string, string>();
  for (const image of layout.images) {
    const own = disk.devices.get(image.name);
    if (own !== undefined) names.set(deviceNameOf(image.name), own);
    for (const partition of image.table?.partitions ?? []) {
      const device = disk.devices.get(partition.name);
      if (device !== undefined) names.set(deviceNameOf(image.name, partition.number), device);
    }
  }
  return table
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((field) => {
          const [, key = '', value = ''] = /^((?:device|disk)=)?(\/.*)$/.exec(field) ?? [];
          return names.has(value) ? `${key}${names.get(value)}` : field;
        })
        .join('\t'),
    )
    .join('\n');
}
