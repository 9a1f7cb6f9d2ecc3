import { writeFile } from 'node:fs/promises';
import { BuildError } from '../../base/build-error.js';
import { listBuilds } from '../../layers/build-decisions.js';
import { listLayers } from '../../layers/collect-garbage.js';
import { findLayerOwners, type LayerOwner } from '../../layers/layer-owners.js';
import { listRecords } from '../../layers/list-records.js';
import { pickBuild } from '../../layers/pick-build.js';
import { addUp, formatImageSize, measureDirectories, parsePackageSizes } from '../../report/image-size.js';
import { formatSizePage, makeSizeTree } from '../../report/size-page.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { enterLayers } from '../enter-layers.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readCount } from '../read-count.js';
import { showHelp } from '../show-help.js';

const defaultRowLimit = 20;

/** Every entry of the tree, then an empty field, then what dpkg has installed. */
const lookCommand = [
  'bash',
  '-euc',
  "find . -printf '%b %n %D:%i %P\\0'; printf '\\0'; if [ -f var/lib/dpkg/status ]; then cat var/lib/dpkg/status; fi",
];

/** `dib size [IMAGE]`: where the space of the last build's tree goes, by element, package and directory. */
export async function runSize(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const rowLimit = readCount(line.value('rows'), '--rows') ?? defaultRowLimit;
  const [image] = line.operands;
  const storeDirectory = layerStoreDirectory(world);
  const build = pickBuild(
    await listBuilds(storeDirectory),
    image === undefined ? undefined : absolutePath(image, world),
  );
  const { stdout, stderr, exitStatus } = await enterLayers({
    world,
    ports: await world.openPorts(),
    storeDirectory,
    layerIds: build.stack,
    mode: 'look',
    command: lookCommand,
  });
  if (exitStatus !== 0)
    throw new BuildError({ code: 'COMMAND_FAILED', message: `the tree cannot be measured:\n${stderr.trimEnd()}` });
  const end = stdout.indexOf('\0\0');
  const sizes = new Map((await listLayers(storeDirectory)).map(({ layer }) => [layer.id, layer.sizeBytes]));
  const owners = findLayerOwners(build, await listRecords(storeDirectory));
  const size = {
    image: build.imagePath,
    ...measureDirectories(stdout.slice(0, end)),
    elements: addUp(owners.map((owner) => ({ name: elementsOf(owner), sizeBytes: sizes.get(owner.layerId) ?? 0 }))),
    packages: parsePackageSizes(stdout.slice(end + 2)),
  };
  const pagePath = line.value('html');
  if (pagePath !== undefined) {
    const path = absolutePath(pagePath, world);
    await writePage(path, formatSizePage(size, makeSizeTree(stdout.slice(0, end))));
    if (!line.has('json')) {
      world.writeOut(`${path}\n`);
      return 0;
    }
  }
  world.writeOut(line.has('json') ? `${JSON.stringify(size, undefined, 2)}\n` : formatImageSize(size, rowLimit));
  return 0;
}

async function writePage(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new BuildError({
      code: 'OUTPUT_UNWRITABLE',
      message: `cannot write ${path}: ${error.message}`,
      cause: error,
    });
  }
}

/** Elements of a layer's hooks; the hooks themselves where their elements are not known. */
function elementsOf({ hooks }: LayerOwner): string {
  if (hooks.length === 0) return 'the engine itself';
  return [...new Set(hooks.map((hook) => hook.element ?? `${hook.phase}.d/${hook.name}`))].join(', ');
}
