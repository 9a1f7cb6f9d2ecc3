import { BuildError } from '../base/build-error.js';
import { hintNearName } from '../base/near-name.js';
import { commandLoaderTable } from './command-loader-table.js';
import type { CommandRow } from './command-row.js';
import { programTable, subcommandTable } from './program-table.js';
import { readVersion } from './read-version.js';
import { renderDibHelp } from './render-dib-help.js';
import { renderHelp } from './render-help.js';
import { reportError } from './report-error.js';
import type { World } from './world.js';

/**
 * Runs a program by its name and gives its exit status. Faults are printed on standard error; nothing is thrown.
 *
 * @param options.programName `dib` or a name of `programTable`
 */
export async function runCommand(options: {
  readonly programName: string;
  readonly arguments: readonly string[];
  readonly world: World;
}): Promise<number> {
  const { programName, world } = options;
  let usageStatus = 1;
  try {
    const chosen = programName === 'dib' ? chooseSubcommand(options.arguments, world) : chooseProgram(programName);
    if (typeof chosen === 'number') return chosen;
    usageStatus = chosen.row.usageStatus;
    const load = commandLoaderTable[chosen.row.name];
    if (load === undefined) throw new Error(`no code for ${chosen.row.name}`);
    const run = await load();
    return await run({
      programName,
      row: chosen.row,
      arguments: options.arguments.slice(chosen.wordCount),
      world,
    });
  } catch (error) {
    return reportError(error, usageStatus, world);
  }
}

interface ChosenCommand {
  readonly row: CommandRow;
  /** How many arguments name the subcommand. */
  readonly wordCount: number;
}

function chooseProgram(programName: string): ChosenCommand {
  const row = programTable.find((candidate) => candidate.name === programName);
  if (row === undefined) throw new Error(`no program is called ${programName}`);
  return { row, wordCount: 0 };
}

function chooseSubcommand(words: readonly string[], world: World): ChosenCommand | number {
  const [first, second] = words;
  if (first === undefined) {
    world.writeError(renderDibHelp(subcommandTable, world.columns));
    return 1;
  }
  if (first === '--version') {
    world.writeOut(`${readVersion()}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h') {
    world.writeOut(renderDibHelp(subcommandTable, world.columns));
    return 0;
  }
  if (first === 'help') return showHelpOf(words.slice(1), world);
  return findSubcommand(first, second);
}

function showHelpOf(words: readonly string[], world: World): number {
  const [first, second] = words;
  if (first === undefined) world.writeOut(renderDibHelp(subcommandTable, world.columns));
  else {
    const program = programTable.find((candidate) => candidate.name === first);
    const row = program ?? findSubcommand(first, second).row;
    const command = program === undefined ? `dib ${row.name}` : row.name;
    world.writeOut(renderHelp({ command, row, isRamdisk: first === 'ramdisk-image-create', columns: world.columns }));
  }
  return 0;
}

function findSubcommand(first: string, second: string | undefined): ChosenCommand {
  const single = subcommandTable.find((row) => row.name === first);
  if (single !== undefined) return { row: single, wordCount: 1 };
  const double = subcommandTable.find((row) => row.name === `${first} ${second}`);
  if (double !== undefined) return { row: double, wordCount: 2 };
  const inGroup = subcommandTable.filter((row) => row.name.startsWith(`${first} `)).map((row) => row.name);
  if (inGroup.length > 0) {
    const words = inGroup.map((name) => name.slice(first.length + 1));
    throw new BuildError({
      code: 'USAGE',
      message: second === undefined ? `dib ${first} needs a subcommand` : `dib ${first} has no subcommand "${second}"`,
      hint: (second === undefined ? undefined : hintNearName(second, words)) ?? `there are ${words.join(', ')}`,
    });
  }
  const words = [...new Set(subcommandTable.map((row) => row.name.replace(/ .*/, ''))), 'help'];
  throw new BuildError({
    code: 'USAGE',
    message: first.startsWith('-') ? `dib has no option "${first}"` : `dib has no subcommand "${first}"`,
    hint: hintNearName(first, words) ?? `there are ${words.join(', ')}`,
  });
}
