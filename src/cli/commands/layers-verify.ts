import { type VerifyReport, verifyStore } from '../../layers/verify-store.js';
import { openLocks } from '../../process/open-locks.js';
import type { Invocation } from '../command-row.js';
import { layerStoreDirectory } from '../layer-store-directory.js';
import { parseCommandLine } from '../parse-command-line.js';
import { pathDirectoriesOf } from '../search-path.js';
import { showHelp } from '../show-help.js';
import { openStorePrograms } from '../store-programs.js';

/** `dib layers verify`: reads every layer and record against its digest, and removes what is damaged. */
export async function runLayersVerify(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const { programs, removeTrees } = openStorePrograms(world, (await world.openPorts()).programs);
  const locks = openLocks({ pathDirectories: pathDirectoriesOf(world.environment) });
  try {
    const report = await verifyStore({
      storeDirectory: layerStoreDirectory(world),
      programs,
      locks,
      ...(line.has('keep') ? {} : { removeTrees }),
    });
    world.writeOut(line.has('json') ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
    return report.faults.length === 0 ? 0 : 1;
  } finally {
    locks.close();
  }
}

function formatReport({ layerCount, recordCount, buildCount, faults }: VerifyReport): string {
  const lines = faults.map(
    ({ path, what, isRemoved }) => `${isRemoved ? 'damaged, removed' : 'damaged, left'}: ${path}: ${what}`,
  );
  lines.push(
    `${layerCount} layers, ${recordCount} records, ${buildCount} builds read, ${faults.length === 0 ? 'none' : faults.length} damaged`,
  );
  return `${lines.join('\n')}\n`;
}
