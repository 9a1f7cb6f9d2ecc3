import type { Command } from '../model/ports.js';

/** The zstd command of a stream: all processors, which changes no byte of the result. */
export function zstdCommand(): Command {
  return { program: 'zstd', arguments: ['-q', '-T0', '-c'] };
}
