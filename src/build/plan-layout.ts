import { chooseLayoutConfig } from '../layout/choose-layout.js';
import { layoutValues } from '../layout/layout-values.js';
import { parseLayout } from '../layout/parse-layout.js';
import type { ElementSet } from '../model/element.js';
import type { DiskLayoutSpec } from '../model/layout.js';
import type { BuildRequest } from '../model/request.js';

/** The layout of a build, and what hooks are told about it. */
export interface PlannedLayout {
  readonly spec: DiskLayoutSpec;
  readonly variables: Readonly<Record<string, string>>;
}

/** Chooses and reads the block-device configuration. @throws BuildError as `layout/` does */
export async function planLayout({
  request,
  elementSet,
}: {
  readonly request: BuildRequest;
  readonly elementSet: ElementSet;
}): Promise<PlannedLayout> {
  const config = await chooseLayoutConfig({
    blockDeviceConfig: request.blockDeviceConfig,
    elements: elementSet.elements,
    architecture: request.architecture,
    workingDirectory: request.workingDirectory,
  });
  const { type, label } = request.rootFileSystem;
  const spec = parseLayout({
    ...config,
    defaults: { rootFileSystemType: type, ...(label === undefined ? {} : { rootLabel: label }) },
    sectorSizeBytes: request.sectorSizeBytes,
  });
  const values = layoutValues(spec);
  return {
    spec,
    variables: {
      DIB_ROOT_LABEL: values.rootLabel,
      DIB_ROOT_FSTYPE: values.rootFileSystemType,
      DIB_BOOT_LABEL: values.bootLabel,
      DIB_MOUNTPOINTS: values.mountPoints,
    },
  };
}
