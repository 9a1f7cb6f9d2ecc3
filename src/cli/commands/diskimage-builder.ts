import type { MergedImage } from '../../request/merge-image-definitions.js';
import type { CommandBody, Invocation } from '../command-row.js';
import { formatImageCommand } from '../format-image-command.js';
import { formatOutcomes, type ImageOutcome } from '../image-outcome.js';
import { parseCommandLine } from '../parse-command-line.js';
import { programTable } from '../program-table.js';
import { readCount } from '../read-count.js';
import { reportError } from '../report-error.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

/** `diskimage-builder FILE…`: builds the images of YAML files, one after another or side by side. */
export async function runDiskimageBuilder(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1 },
    environment: world.environment,
  });
  const [{ loadImageDefinitions }, { mergeImageDefinitions }] = await Promise.all([
    import('../../request/load-image-definitions.js'),
    import('../../request/merge-image-definitions.js'),
  ]);
  if (line.has('help')) {
    showHelp(invocation);
    const { renderImageKeys } = await import('../render-image-keys.js');
    world.writeOut(`\n${renderImageKeys(world.columns)}`);
    return 0;
  }
  const images = mergeImageDefinitions(loadImageDefinitions(line.operands));
  const maximumJobs = readCount(line.value('jobs'), '--jobs') ?? (hasBreaks(images, world) ? 1 : world.cpuCount);
  const isDryRun = line.has('dryRun');
  const stopsOnFailure = line.has('stopOnFailure');
  const outcomes =
    maximumJobs > 1 && images.length > 1 && !isDryRun
      ? await (await import('../build-side-by-side.js')).buildSideBySide({ images, world, maximumJobs, stopsOnFailure })
      : await buildImages({
          images,
          world,
          build: (await import('./build.js')).runBuildCommand,
          isDryRun,
          stopsOnFailure,
        });
  if (!isDryRun && images.length > 1) world.writeError(formatOutcomes(images, outcomes));
  return outcomes.findLast((outcome) => outcome !== undefined && outcome.status !== 0)?.status ?? 0;
}

/** Shells at break points need the terminal for themselves. */
function hasBreaks(images: readonly MergedImage[], world: World): boolean {
  return [world.environment, ...images.map(({ definition }) => definition.environment ?? {})].some(
    (environment) => (environment.break ?? '') !== '',
  );
}

/**
 * Builds the images in order. A failure does not keep the later ones from being built, unless asked for; a stop does.
 *
 * @returns how those ended that were started
 */
export async function buildImages(options: {
  readonly images: readonly MergedImage[];
  readonly world: World;
  readonly build: CommandBody;
  readonly isDryRun: boolean;
  readonly stopsOnFailure: boolean;
}): Promise<readonly ImageOutcome[]> {
  const { commandOfImage } = await import('../../request/image-command.js');
  const { world } = options;
  const { clock } = await world.openPorts();
  const outcomes: ImageOutcome[] = [];
  let isStopped = false;
  for (const { definition } of options.images) {
    const command = commandOfImage(definition, world);
    world.writeError(`${formatImageCommand(command)}\n\n`);
    if (options.isDryRun) continue;
    const row = programTable.find((program) => program.name === command.programName);
    if (row === undefined) throw new Error(`no program ${command.programName}`);
    const environment = { ...world.environment, ...command.environment };
    const imageWorld: World = {
      ...world,
      environment,
      openPorts: () => world.openPorts(environment),
      onStopSignal: (stop) =>
        world.onStopSignal(() => {
          isStopped = true;
          stop();
        }),
    };
    const { programName, arguments: given } = command;
    const startMs = clock.monotonicMs();
    const status = await options
      .build({ programName, row, arguments: given, world: imageWorld })
      .catch((error: unknown) => reportError(error, row.usageStatus, world));
    outcomes.push({ status, durationMs: clock.monotonicMs() - startMs });
    if (isStopped || (status !== 0 && options.stopsOnFailure)) break;
  }
  return outcomes;
}
