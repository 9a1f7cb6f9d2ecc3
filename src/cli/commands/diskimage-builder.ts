import { formatDuration } from '../../base/units.js';
import type { MergedImage } from '../../request/merge-image-definitions.js';
import type { CommandBody, Invocation } from '../command-row.js';
import { parseCommandLine } from '../parse-command-line.js';
import { programTable } from '../program-table.js';
import { quoteForShell } from '../quote-for-shell.js';
import { reportError } from '../report-error.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

/** `diskimage-builder FILE…`: builds the images of YAML files one after another. */
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
  const { runBuildCommand } = await import('./build.js');
  const outcomes = await buildImages({
    images,
    world,
    build: runBuildCommand,
    isDryRun: line.has('dryRun'),
    stopsOnFailure: line.has('stopOnFailure'),
  });
  if (!line.has('dryRun') && images.length > 1) world.writeError(formatOutcomes(images, outcomes));
  return outcomes.findLast(({ status }) => status !== 0)?.status ?? 0;
}

/** How one image ended. */
export interface ImageOutcome {
  readonly status: number;
  readonly durationMs: number;
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
    const settings = Object.entries(command.environment).map(([name, value]) => `${name}=${quoteForShell(value)}`);
    const words = [command.programName, ...command.arguments].map(quoteForShell);
    world.writeError(`${[...settings, ...words].join(' ')}\n\n`);
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

/** A line for each image: `built in 35.2 s`, `failed (7) after 1.5 s` or `not started`. */
export function formatOutcomes(images: readonly MergedImage[], outcomes: readonly ImageOutcome[]): string {
  const width = Math.max(...images.map(({ name }) => name.length));
  const lines = images.map(({ name }, index) => {
    const outcome = describeOutcome(outcomes[index]);
    return `  ${name.padEnd(width)}  ${outcome}\n`;
  });
  return `\nimages:\n${lines.join('')}`;
}

function describeOutcome(outcome: ImageOutcome | undefined): string {
  if (outcome === undefined) return 'not started';
  const duration = formatDuration(outcome.durationMs);
  return outcome.status === 0 ? `built in ${duration}` : `failed (${outcome.status}) after ${duration}`;
}
