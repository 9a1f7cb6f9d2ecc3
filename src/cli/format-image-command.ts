import type { ImageCommand } from '../request/image-command.js';
import { quoteForShell } from './quote-for-shell.js';

/** A build command as a line that can be pasted: the variables of the image, the program, its arguments. */
export function formatImageCommand(command: ImageCommand): string {
  const settings = Object.entries(command.environment).map(([name, value]) => `${name}=${quoteForShell(value)}`);
  return [...settings, ...[command.programName, ...command.arguments].map(quoteForShell)].join(' ');
}
