import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { kibibyte } from '../base/units.js';
import { fittedImageSizes } from '../layout/size-image.js';
import { sizeLayout } from '../layout/size-layout.js';
import type { DiskLayout, DiskLayoutSpec } from '../model/layout.js';
import type { StepContext, TreeMeasure } from '../model/step-context.js';
import { formatBootTable, namedDevices } from './boot-table.js';

/**
 * Takes away everything that hooks mounted below the tree, measures it, lays the disk out, and tells the later hooks:
 * `DIB_IMAGE_SIZE` (KiB), `IMAGE_BLOCK_DEVICE`, `IMAGE_BLOCK_DEVICES`, `/etc/fstab` and the table for boot loaders.
 */
export async function sizeDisk(context: StepContext): Promise<void> {
  const { ports, state, plan, workspace } = context;
  await ports.target.endLeftovers();
  await ports.target.unmountAll();
  await rm(`${workspace.treeDirectory}/lost+found`, { recursive: true, force: true });
  const measure = await ports.measureTree();
  for (const text of measure.reportLines) ports.emit({ kind: 'message', level: 'info', text });
  if (plan.layoutSpec !== undefined) {
    const layout = layOutDisk(plan.layoutSpec, measure, context);
    state.layout = layout;
    const sizeBytes = layout.images.reduce((sum, image) => sum + image.sizeBytes, 0);
    state.hookVariables.set('DIB_IMAGE_SIZE', String(Math.ceil(sizeBytes / kibibyte)));
    const devices = namedDevices(layout);
    state.hookVariables.set('IMAGE_BLOCK_DEVICE', devices.get('image0') ?? [...devices.values()][0] ?? '');
    state.hookVariables.set(
      'IMAGE_BLOCK_DEVICES',
      [...devices].map(([name, device]) => ` [${name}]=${device} `).join(''),
    );
    await writeFile(`${workspace.stagingDirectory}/dib-layout`, formatBootTable(layout));
    if (layout.fstab !== undefined) await replaceFile(`${workspace.treeDirectory}/etc/fstab`, layout.fstab);
    for (const { mountPoint } of plan.layoutSpec.mounts) {
      if (mountPoint !== 'none') await mkdir(`${workspace.treeDirectory}${mountPoint}`, { recursive: true });
    }
  }
  await ports.target.attachKernelFileSystems();
}

/** Lays the disk out for what the tree takes now; the identifiers are the same at every call of one build. */
export function layOutDisk(spec: DiskLayoutSpec, measure: TreeMeasure, context: StepContext): DiskLayout {
  const { request } = context.plan;
  const fitted = fittedImageSizes(spec, {
    usage: new Map(Object.entries(measure.byMountPoint)),
    size: request.size,
    root: request.rootFileSystem,
  });
  for (const text of fitted.warnings) context.ports.emit({ kind: 'message', level: 'warning', text });
  return sizeLayout(spec, {
    imageSizes: fitted.imageSizes,
    identities: context.ports.identities,
    fileSystemOptions: fitted.fileSystemOptions,
  });
}

/** Writes beside the path and renames: a link there must not lead the write out of the tree. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.dib-new`, text, { mode: 0o644, flag: 'wx' });
  await rename(`${path}.dib-new`, path);
}
