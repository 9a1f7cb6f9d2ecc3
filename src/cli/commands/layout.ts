import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BuildError, throwFaults } from '../../base/build-error.js';
import { withScope } from '../../base/scope.js';
import type { DiskLayoutSpec } from '../../model/layout.js';
import type { Ports } from '../../model/ports.js';
import type { BuildRequest } from '../../model/request.js';
import { absolutePath } from '../../request/absolute-path.js';
import { parseLongOptions } from '../../request/getopt-long.js';
import { shapesOfOptions } from '../../request/option-shapes.js';
import type { Invocation } from '../command-row.js';
import { parseBuildInvocation } from '../parse-build-invocation.js';
import { layoutOptionRows } from '../program-table.js';
import { readVersion } from '../read-version.js';
import { showHelp } from '../show-help.js';

/**
 * `dib layout`: the disk of a build, of a configuration in a YAML file, or in an image file, as a picture of text.
 * Faults of a configuration come with line and column.
 */
export async function runLayout(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const filePath = await namedFile(invocation);
  // A file is no element; the options of a build are read all the same.
  const parsed = await parseBuildInvocation(
    filePath === undefined ? invocation : { ...invocation, arguments: withoutOperand(invocation) },
    layoutOptionRows,
  );
  if (parsed.kind === 'help') return showHelp(invocation);
  if (parsed.kind === 'version') {
    world.writeOut(`${readVersion()}\n`);
    return 0;
  }
  const isJson = parsed.furtherUses.some((use) => use.name === 'json');
  const ports = await world.openPorts();
  if (filePath !== undefined && !/\.ya?ml$/.test(filePath)) {
    world.writeOut(await pictureOfImage(filePath, { ports, isJson }));
    return 0;
  }
  const spec =
    filePath === undefined ? await layoutOfElements(parsed.request) : await layoutOfFile(filePath, parsed.request);
  for (const warning of spec.warnings) world.writeError(`warning: ${warning}\n`);
  const { findDiskFaults } = await import('../../build/find-disk-faults.js');
  const diskMode = { mode: parsed.request.diskMode ?? 'files', because: '' } as const;
  throwFaults(findDiskFaults({ spec, request: parsed.request, diskMode }, ports));
  world.writeOut(await pictureOfSpec(spec, { request: parsed.request, ports, isJson }));
  return 0;
}

/** The one operand, when it is a file: no element is one. */
async function namedFile({ arguments: words, row, world }: Invocation): Promise<string | undefined> {
  const [only, ...more] = operandsOf(words, row);
  if (only === undefined || more.length > 0) return undefined;
  const path = absolutePath(only, world);
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile() === true) return path;
  if (!only.includes('/') && !/\.(ya?ml|raw|qcow2|img|vhdx?|vmdk|vdi)$/.test(only)) return undefined;
  throw new BuildError({ code: 'FILE_UNREADABLE', message: `${path} is not there, or is no file` });
}

function operandsOf(words: readonly string[], row: Invocation['row']): readonly string[] {
  return parseLongOptions({ shapes: shapesOfOptions(row.options), arguments: words, isPosixOrder: false }).operands;
}

/** The file makes way for an element that every build has. */
function withoutOperand({ arguments: words, row }: Invocation): readonly string[] {
  const [operand] = operandsOf(words, row);
  const at = words.lastIndexOf(operand ?? '');
  return words.map((word, index) => (index === at ? 'base' : word));
}

async function layoutOfElements(request: BuildRequest): Promise<DiskLayoutSpec> {
  const [{ loadElementSet }, { planLayout }] = await Promise.all([
    import('../../elements/load-element-set.js'),
    import('../../build/plan-layout.js'),
  ]);
  const elementSet = await loadElementSet({
    requested: request.elements,
    elementDirectories: request.elementDirectories,
    isSystemNeeded: false,
  });
  return (await planLayout({ request, elementSet })).spec;
}

async function layoutOfFile(path: string, request: BuildRequest): Promise<DiskLayoutSpec> {
  const { parseLayout } = await import('../../layout/parse-layout.js');
  const { type, label } = request.rootFileSystem;
  return parseLayout({
    text: await readFile(path, 'utf8'),
    origin: path,
    defaults: { rootFileSystemType: type, ...(label === undefined ? {} : { rootLabel: label }) },
    sectorSizeBytes: request.sectorSizeBytes,
  });
}

/** With offsets when every disk has a size, else as it is configured. */
async function pictureOfSpec(
  spec: DiskLayoutSpec,
  options: { readonly request: BuildRequest; readonly ports: Ports; readonly isJson: boolean },
): Promise<string> {
  const { request, ports, isJson } = options;
  const isSized =
    request.size.imageSizeGib !== undefined || spec.images.every(({ sizeBytes }) => sizeBytes !== undefined);
  if (!isSized) {
    const { formatLayoutSpec } = await import('../../layout/format-layout-spec.js');
    return isJson ? `${JSON.stringify(spec, undefined, 2)}\n` : formatLayoutSpec(spec);
  }
  const [{ fittedImageSizes }, { sizeLayout }, { formatLayout }] = await Promise.all([
    import('../../layout/size-image.js'),
    import('../../layout/size-layout.js'),
    import('../../layout/format-layout.js'),
  ]);
  const fitted = fittedImageSizes(spec, { usage: new Map(), size: request.size, root: request.rootFileSystem });
  const layout = sizeLayout(spec, { ...fitted, identities: ports.identities });
  return isJson ? `${JSON.stringify(layout, undefined, 2)}\n` : formatLayout(layout);
}

async function pictureOfImage(
  imagePath: string,
  options: { readonly ports: Ports; readonly isJson: boolean },
): Promise<string> {
  const { ports, isJson } = options;
  const [{ findImageFormat }, { openDiskReader }, { inspectDisk }, { formatInspectedDisk }] = await Promise.all([
    import('../boot/image-format.js'),
    import('../layout/open-disk-reader.js'),
    import('../../disk/inspect-disk.js'),
    import('../layout/format-inspected-disk.js'),
  ]);
  const format = await findImageFormat(imagePath, ports.programs);
  return withScope(async (scope) => {
    const scratchDirectory = await mkdtemp(join(tmpdir(), 'dib-layout-'));
    scope.onClose(scratchDirectory, () => rm(scratchDirectory, { recursive: true }));
    const reader = await openDiskReader({ imagePath, format, scratchDirectory }, ports.programs);
    scope.onClose(imagePath, () => reader.close());
    const disk = await inspectDisk(reader.read, reader.sizeBytes);
    return isJson ? `${JSON.stringify(disk, undefined, 2)}\n` : formatInspectedDisk(basename(imagePath), disk);
  });
}
