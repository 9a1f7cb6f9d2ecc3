import { access, constants, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BuildError } from '../../base/build-error.js';
import { openIdentities } from '../../build/open-ports.js';
import { importBuild } from '../../layers/import-build.js';
import { openLayerStore } from '../../layers/layer-store.js';
import { openLocks } from '../../process/open-locks.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { pathDirectoriesOf } from '../search-path.js';
import { showHelp } from '../show-help.js';
import { openStorePrograms } from '../store-programs.js';

/** `dib layers import FILE`: takes an archive of layers into the store, each verified by its digests. */
export async function runLayersImport(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const archivePath = absolutePath(line.operands[0] ?? '', world);
  try {
    await access(archivePath, constants.R_OK);
  } catch (error) {
    throw new BuildError({
      code: 'FILE_UNREADABLE',
      message: `cannot read ${archivePath}: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
  const { programs } = openStorePrograms(world, (await world.openPorts()).programs);
  const locks = openLocks({ pathDirectories: pathDirectoriesOf(world.environment) });
  try {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const store = await openLayerStore({
      // The store adds the version of its format.
      directory: dirname(layerStoreDirectory(world)),
      programs,
      warn: (text) => world.writeError(`warning: ${text}\n`),
      newSalt: () => openIdentities().uuid('salt'),
      bootId,
    });
    const report = await importBuild({ store, archivePath, isRootless: world.userId !== 0, bootId, programs, locks });
    world.writeOut(
      `${report.layerCount} layers (${report.newLayerCount} new), ${report.recordCount} records of ${report.imagePath}\n`,
    );
    return 0;
  } finally {
    locks.close();
  }
}
