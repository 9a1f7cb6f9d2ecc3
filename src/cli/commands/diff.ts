import { readFile } from 'node:fs/promises';
import { BuildError } from '../../base/build-error.js';
import { type BuildDecisions, listBuilds } from '../../layers/build-decisions.js';
import { compareTrees, filesToRead, type TreeChange } from '../../layers/compare-trees.js';
import { findLayerOwners, formatOwner, type LayerOwner } from '../../layers/layer-owners.js';
import { listRecords } from '../../layers/list-records.js';
import { pickBuild } from '../../layers/pick-build.js';
import {
  parseDigests,
  parseReadTree,
  type ReadTree,
  readDigestsCommand,
  readTreeCommand,
} from '../../layers/read-tree.js';
import { compareManifests } from '../../report/compare-manifests.js';
import { comparePackages } from '../../report/compare-packages.js';
import { type DiffCause, formatImageDiff, type ImageDiff } from '../../report/image-diff.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { enterLayers } from '../enter-layers.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readCount } from '../read-count.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

const defaultRowLimit = 10;
/** So many words fit on a command line, however long the paths are. */
const pathsPerCall = 400;

/** `dib diff A B`: how the last builds of two images, or two manifests, differ: packages, files, sizes, by what caused it. */
export async function runDiff(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 2, maximum: 2 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const rowLimit = readCount(line.value('rows'), '--rows') ?? defaultRowLimit;
  const [before = '', after = ''] = line.operands.map((operand) => absolutePath(operand, world));
  const areManifests = [before, after].map((path) => path.endsWith('.json'));
  if (areManifests[0] !== areManifests[1])
    throw new BuildError({
      code: 'USAGE',
      message: 'a manifest and an image cannot be compared',
      hint: 'give two images, as -o said, or two manifests, which end in .manifest.json',
    });
  const diff = areManifests[0] === true ? await diffManifests(before, after) : await diffBuilds(before, after, world);
  world.writeOut(line.has('json') ? `${JSON.stringify(diff, undefined, 2)}\n` : formatImageDiff(diff, rowLimit));
  return diff.isSame ? 0 : 1;
}

async function diffManifests(before: string, after: string): Promise<ImageDiff> {
  const [one, other] = await Promise.all(
    [before, after].map(async (path) => {
      try {
        return JSON.parse(await readFile(path, 'utf8')) as unknown;
      } catch (error) {
        throw new BuildError({
          code: 'FILE_UNREADABLE',
          message: `cannot read the manifest ${path}: ${error instanceof Error ? error.message : String(error)}`,
          cause: error,
        });
      }
    }),
  );
  return { before, after, ...compareManifests(one, other) };
}

async function diffBuilds(before: string, after: string, world: World): Promise<ImageDiff> {
  const storeDirectory = layerStoreDirectory(world);
  const builds = await listBuilds(storeDirectory);
  const [one, other] = [pickBuild(builds, before), pickBuild(builds, after)];
  const ports = await world.openPorts();
  let shared = 0;
  while (shared < one.stack.length && one.stack[shared] === other.stack[shared]) shared += 1;
  const look = async (build: BuildDecisions, command: readonly string[]): Promise<string> => {
    const { stdout, stderr, exitStatus } = await enterLayers({
      world,
      ports,
      storeDirectory,
      layerIds: build.stack,
      mode: 'look',
      command,
    });
    if (exitStatus !== 0)
      throw new BuildError({
        code: 'COMMAND_FAILED',
        message: `the tree of ${build.imagePath} cannot be read:\n${stderr.trimEnd()}`,
      });
    return stdout;
  };
  const read = async (build: BuildDecisions): Promise<ReadTree> => {
    const indices = build.stack.map((_, index) => index).slice(shared);
    const layers = indices.map((index) => `${storeDirectory}/layers/${build.stack[index]}/tree`);
    return parseReadTree(await look(build, readTreeCommand(layers)), indices);
  };
  const trees = [await read(one), await read(other)] as const;
  const paths = filesToRead(trees[0].entries, trees[1].entries);
  const digest = async (build: BuildDecisions): Promise<ReadonlyMap<string, string>> => {
    const digests = new Map<string, string>();
    for (let at = 0; at < paths.length; at += pathsPerCall) {
      const text = await look(build, readDigestsCommand(paths.slice(at, at + pathsPerCall)));
      for (const [path, value] of parseDigests(text)) digests.set(path, value);
    }
    return digests;
  };
  const digests = { before: await digest(one), after: await digest(other) };
  const changes = compareTrees(trees[0].entries, trees[1].entries, digests);
  const records = await listRecords(storeDirectory);
  return {
    before: one.imagePath,
    after: other.imagePath,
    isSame: changes.length === 0,
    elements: [],
    artifacts: [],
    packages: comparePackages(trees[0].packageStatus, trees[1].packageStatus),
    causes: groupByCause(changes, [
      { tree: trees[0], owners: findLayerOwners(one, records) },
      { tree: trees[1], owners: findLayerOwners(other, records) },
    ]),
  };
}

interface Side {
  readonly tree: ReadTree;
  readonly owners: readonly LayerOwner[];
}

/** By the hooks whose layer has the path on top: of the later build, or of the earlier one where only that has it. */
function groupByCause(changes: readonly TreeChange[], [before, after]: readonly [Side, Side]): readonly DiffCause[] {
  const groups = new Map<string, TreeChange[]>();
  for (const change of changes) {
    const cause = nameCause(change.path, after) ?? nameCause(change.path, before);
    const isOnlyBefore = nameCause(change.path, after) === undefined && cause !== undefined;
    const name = cause === undefined ? 'a layer that both have' : isOnlyBefore ? `only before: ${cause}` : cause;
    groups.set(name, [...(groups.get(name) ?? []), { ...change, path: `/${change.path}` }]);
  }
  return [...groups]
    .map(([cause, list]) => ({
      cause,
      growthBytes: list.reduce((sum, change) => sum + change.growthBytes, 0),
      changes: list,
    }))
    .sort((left, right) => Math.abs(right.growthBytes) - Math.abs(left.growthBytes));
}

/** A removed directory is in the layer, what was in it is not. */
function nameCause(path: string, { tree, owners }: Side): string | undefined {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const index = tree.layerOf.get(at);
    const owner = index === undefined ? undefined : owners[index];
    if (owner !== undefined) return formatOwner(owner);
    if (!at.includes('/')) return undefined;
  }
}
