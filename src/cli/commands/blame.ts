import { assetsDirectory } from '../../base/assets.js';
import { BuildError } from '../../base/build-error.js';
import { type BuildDecisions, listBuilds } from '../../layers/build-decisions.js';
import { findLayerOwners, formatOwner, type LayerOwner } from '../../layers/layer-owners.js';
import { listRecords } from '../../layers/list-records.js';
import { parseWriters, type Writers } from '../../layers/parse-writers.js';
import { pickBuild } from '../../layers/pick-build.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { enterLayers, layerDirectories } from '../enter-layers.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

/** `dib blame PATH [IMAGE]`: which hooks wrote a path of the last build's tree, last one first, and whose package it is. */
export async function runBlame(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 2 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [path = '/', image] = line.operands;
  if (!path.startsWith('/') || path.includes('\n'))
    throw new BuildError({
      code: 'USAGE',
      message: `"${path}" is not a path in the image`,
      hint: 'it begins with /, for example /etc/hostname',
    });
  const storeDirectory = layerStoreDirectory(world);
  const build = pickBuild(
    await listBuilds(storeDirectory),
    image === undefined ? undefined : absolutePath(image, world),
  );
  const tree = {
    storeDirectory,
    layerIds: build.stack,
    ...(build.failed === undefined ? {} : { failedDirectory: build.failed.directory }),
  };
  const result = await enterLayers({
    ...tree,
    world,
    ports: await world.openPorts(),
    mode: 'look',
    command: [
      `${assetsDirectory}/sandbox/find-writers`,
      world.userId === 0 ? 'trusted.overlay' : 'user.overlay',
      path,
      ...layerDirectories(tree).toReversed(),
    ],
  });
  if (result.exitStatus !== 0)
    throw new BuildError({ code: 'COMMAND_FAILED', message: `find-writers failed:\n${result.stderr.trimEnd()}` });
  const writers = parseWriters(result.stdout);
  if (writers.changes.length === 0)
    throw new BuildError({
      code: 'USAGE',
      message: `no layer of ${build.imagePath} has ${writers.path}`,
      hint: 'kernel file systems and the staging directory are in none',
    });
  const owners = ownersFromTop(build, findLayerOwners(build, await listRecords(storeDirectory)));
  const changes = writers.changes.map(({ index, ...change }) => ({ ...change, ...owners[index] }));
  world.writeOut(
    line.has('json')
      ? `${JSON.stringify({ image: build.imagePath, path: writers.path, changes, packages: writers.packages }, undefined, 2)}\n`
      : formatBlame(writers, owners),
  );
  return 0;
}

type Owner = Pick<LayerOwner, 'hooks' | 'isExact'> & { readonly layerId?: string; readonly hasFailed?: boolean };

function ownersFromTop(build: BuildDecisions, owners: readonly LayerOwner[]): readonly Owner[] {
  const { failed } = build;
  return [
    ...(failed === undefined
      ? []
      : [{ hooks: [{ phase: failed.phase, name: failed.hook }], isExact: true, hasFailed: true }]),
    ...owners.toReversed(),
  ];
}

function formatBlame({ path, changes, packages }: Writers, owners: readonly Owner[]): string {
  const lines = changes.map(({ index, action, kind }, at) => {
    const owner = owners[index] ?? { hooks: [], isExact: false };
    // In a directory's own layer may only be what changed below it.
    const verb = kind === 'directory' ? 'changed, or something in it,' : action === 'wrote' ? 'written' : 'removed';
    const doubt = owner.isExact || owner.hooks.length === 0 ? '' : ', or by the engine after them';
    const place =
      owner.hasFailed === true ? ' (failed)' : owner.layerId === undefined ? '' : ` (layer ${owner.layerId})`;
    return `${at === 0 ? 'last ' : 'before that '}${verb} by ${formatOwner(owner)}${doubt}${place}`;
  });
  for (const { name, version } of packages) lines.push(`belongs to package ${name} ${version}`);
  if (packages.length === 0) lines.push('belongs to no package that is known');
  return `${[path, ...lines.map((text) => `  ${text}`)].join('\n')}\n`;
}
