import type { Command, Programs } from '../model/ports.js';

/**
 * The gzip command of a stream, at its strongest level, without a name and a time in its header.
 *
 * pigz, which uses all processors, stands in for plain gzip where it is installed; any other program that
 * `DIB_GZIP_BIN` names is used as it is.
 */
export function gzipCommand(options: {
  readonly gzipProgram: string;
  readonly cpuCount: number;
  readonly programs: Pick<Programs, 'find'>;
}): Command {
  const isReplaceable = options.gzipProgram === 'gzip' && options.programs.find('pigz') !== undefined;
  const program = isReplaceable ? 'pigz' : options.gzipProgram;
  const name = program.slice(program.lastIndexOf('/') + 1);
  return {
    program,
    arguments: [
      '-9',
      ...(name === 'gzip' || name === 'pigz' ? ['-n'] : []),
      ...(name === 'pigz' ? ['-p', String(options.cpuCount)] : []),
    ],
  };
}
