import type { Command } from '../model/ports.js';

/** A command as a line that can be pasted into a shell. */
export function formatCommand(command: Pick<Command, 'program' | 'arguments'>): string {
  return [command.program, ...command.arguments].map(quoteWord).join(' ');
}

/** One word quoted for a POSIX shell, left alone where that is safe. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
