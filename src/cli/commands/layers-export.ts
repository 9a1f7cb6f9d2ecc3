import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BuildError } from '../../base/build-error.js';
import { listBuilds } from '../../layers/build-decisions.js';
import { listLayers } from '../../layers/collect-garbage.js';
import { exportBuild, recordsOfBuild } from '../../layers/export-build.js';
import { readStoreSalt } from '../../layers/layer-store.js';
import { leaseLayers } from '../../layers/lease-layers.js';
import { listRecords } from '../../layers/list-records.js';
import { pickBuild } from '../../layers/pick-build.js';
import { openLocks } from '../../process/open-locks.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { pathDirectoriesOf } from '../search-path.js';
import { showHelp } from '../show-help.js';
import { openStorePrograms } from '../store-programs.js';

const compressions: readonly (readonly [ending: RegExp, option: readonly string[]])[] = [
  [/\.tar$/, []],
  [/\.(tar\.gz|tgz)$/, ['--gzip']],
  [/\.tar\.zst$/, ['--zstd']],
  [/\.tar\.xz$/, ['--xz']],
];

/** `dib layers export FILE [IMAGE]`: an archive of the layers and records of a build. */
export async function runLayersExport(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 2 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [file = '', image] = line.operands;
  const outputPath = absolutePath(file, world);
  const compression = compressions.find(([ending]) => ending.test(outputPath))?.[1];
  if (compression === undefined)
    throw new BuildError({
      code: 'USAGE',
      message: `"${file}" does not say how it is to be compressed`,
      hint: 'end it with .tar, .tar.zst, .tar.gz or .tar.xz',
    });
  const storeDirectory = layerStoreDirectory(world);
  const build = pickBuild(
    await listBuilds(storeDirectory),
    image === undefined ? undefined : absolutePath(image, world),
  );
  const locks = openLocks({ pathDirectories: pathDirectoriesOf(world.environment) });
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'dib-export-'));
  const unfinished = join(dirname(outputPath), `.${basename(outputPath)}.new`);
  try {
    const release = await leaseLayers({ storeDirectory, layerIds: build.stack, locks });
    try {
      const known = new Map((await listLayers(storeDirectory)).map(({ layer }) => [layer.id, layer]));
      const missing = build.stack.filter((id) => !known.has(id));
      if (missing.length > 0)
        throw new BuildError({
          code: 'LAYERS_GONE',
          message: `${missing.length} of ${build.stack.length} layers of ${build.imagePath} are no longer in the store`,
          hint: 'build the image again',
        });
      const layers = build.stack.flatMap((id) => known.get(id) ?? []);
      const records = recordsOfBuild(build, await listRecords(storeDirectory));
      const { failed: _, ...withoutFailure } = build;
      await exportBuild({
        storeDirectory,
        scratchDirectory,
        outputPath: unfinished,
        compression,
        programs: openStorePrograms(world, (await world.openPorts()).programs).programs,
        archive: {
          archiveVersion: 1,
          isRootless: world.userId !== 0,
          salt: await readStoreSalt(storeDirectory),
          build: withoutFailure,
          layers,
          records,
        },
      });
      await rename(unfinished, outputPath);
      world.writeOut(`${layers.length} layers, ${records.length} records of ${build.imagePath} in ${outputPath}\n`);
      return 0;
    } finally {
      await release();
    }
  } finally {
    await rm(unfinished, { force: true });
    await rm(scratchDirectory, { recursive: true, force: true });
    locks.close();
  }
}
