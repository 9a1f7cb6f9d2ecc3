import { BuildError } from '../../base/build-error.js';
import { hintNearName } from '../../base/near-name.js';
import type { Invocation } from '../command-row.js';
import { renderBashCompletion } from '../completion/bash.js';
import { completedCommands } from '../completion/completed-commands.js';
import { renderFishCompletion } from '../completion/fish.js';
import { renderZshCompletion } from '../completion/zsh.js';
import { parseCommandLine } from '../parse-command-line.js';
import { showHelp } from '../show-help.js';

const renderers = { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion } as const;

/** `dib completion bash|zsh|fish`: prints the script that completes all our commands. */
export async function runCompletion(invocation: Invocation): Promise<number> {
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 1, maximum: 1 },
    environment: invocation.world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [shell = ''] = line.operands;
  if (!isShell(shell))
    throw new BuildError({
      code: 'USAGE',
      message: `there is no completion for the shell "${shell}"`,
      hint: hintNearName(shell, Object.keys(renderers)) ?? 'there are bash, zsh, fish',
    });
  invocation.world.writeOut(renderers[shell](completedCommands()));
  return 0;
}

function isShell(name: string): name is keyof typeof renderers {
  return Object.hasOwn(renderers, name);
}
