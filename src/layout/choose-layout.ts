import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildError } from '../base/build-error.js';
import type { Element } from '../model/element.js';

/** A configuration and where it came from, for {@link parseLayout}. */
export interface LayoutConfig {
  readonly text: string;
  readonly origin: string;
}

/** A bare file system on the whole disk, without a partition table. */
export const builtInLayout = `- local_loop:
    name: image0
    mkfs:
      name: mkfs_root
      mount:
        mount_point: /
        fstab:
          options: defaults
          fsck-passno: 1
`;

/**
 * Finds the block-device configuration: the caller's own, else that of an element for the architecture, else an
 * element's default, else the built-in one.
 *
 * An element's file for the architecture beats the default of any element.
 *
 * @param elements of the build, in order
 * @param workingDirectory what a relative `file://` path is relative to
 * @throws BuildError `LAYOUT_INVALID` when several elements bring one; `FILE_UNREADABLE` when the named file cannot be read
 */
export async function chooseLayoutConfig({
  blockDeviceConfig,
  elements,
  architecture,
  workingDirectory,
}: {
  readonly blockDeviceConfig?: { readonly kind: 'text' | 'file'; readonly value: string } | undefined;
  readonly elements: readonly Pick<Element, 'name' | 'directory' | 'files'>[];
  readonly architecture: string;
  readonly workingDirectory: string;
}): Promise<LayoutConfig> {
  if (blockDeviceConfig?.kind === 'text') return { text: blockDeviceConfig.value, origin: 'DIB_BLOCK_DEVICE_CONFIG' };
  if (blockDeviceConfig?.kind === 'file')
    return readConfig(resolve(workingDirectory, blockDeviceConfig.value), 'DIB_BLOCK_DEVICE_CONFIG');
  for (const fileName of [architectureFileName(architecture), 'block-device-default.yaml']) {
    if (fileName === undefined) continue;
    const candidates = elements.filter(({ files }) => files.some(({ path }) => path === fileName));
    const [only, second] = candidates;
    if (second !== undefined) throw severalFound(fileName, candidates);
    if (only !== undefined) return readConfig(join(only.directory, fileName), `element ${only.name}`);
  }
  return { text: builtInLayout, origin: 'built-in' };
}

function architectureFileName(architecture: string): string | undefined {
  if (architecture === '') return undefined;
  const isPower = architecture === 'ppc64le' || architecture === 'ppc64el';
  return `block-device-${isPower ? 'ppc64el' : architecture}.yaml`;
}

async function readConfig(path: string, namedBy: string): Promise<LayoutConfig> {
  try {
    return { text: await readFile(path, 'utf8'), origin: path };
  } catch (error) {
    throw new BuildError({
      code: 'FILE_UNREADABLE',
      message: `block-device configuration ${path}, named by ${namedBy}, cannot be read: ${(error as Error).message}`,
      cause: error,
    });
  }
}

function severalFound(fileName: string, candidates: readonly Pick<Element, 'name' | 'directory'>[]): BuildError {
  const names = candidates.map(({ name }) => name).join(', ');
  return new BuildError({
    code: 'LAYOUT_INVALID',
    message: `${candidates.length} elements bring ${fileName}: ${names}`,
    hint: `name one of them only, or choose with DIB_BLOCK_DEVICE_CONFIG=file://${candidates.map(({ directory }) => join(directory, fileName))[0]}`,
  });
}
