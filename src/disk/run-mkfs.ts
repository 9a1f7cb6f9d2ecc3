import { BuildError } from '../base/build-error.js';
import { formatBytes } from '../base/units.js';
import type { FileSystemLayout } from '../model/layout.js';
import type { Command, CommandResult, Ports } from '../model/ports.js';

/** What a populator is asked to make: one file system with its part of the tree, in a run of bytes of a file. */
export interface PopulateRequest {
  /** An existing file that reads as zeros in the run. */
  readonly filePath: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly fileSystem: FileSystemLayout;
  /** What the file system shall hold, mount points below it already replaced by empty directories. */
  readonly treeDirectory: string;
  /** A directory of its own for scratch files. */
  readonly workDirectory: string;
  /** The firmware reads this file system: FAT32 where it fits. */
  readonly isEfiSystemPartition: boolean;
  /** No time in the result is later than this one. */
  readonly sourceDateEpochSeconds?: number;
}

/** Makes one file system. @throws BuildError `FILE_SYSTEM_UNSUPPORTED` naming the first file it cannot hold */
export type Populate = (request: PopulateRequest, ports: Ports) => Promise<void>;

/** What the makers of file systems say when the tree does not fit. */
const tooSmall =
  /No space left|Could not allocate (?:block|inode)|not enough space|Disk full|no space|too small|must be larger|unable to create FS|error while (?:populating|filling)/i;

/**
 * Runs a program that makes or fills a file system; what it says goes to the log.
 *
 * @throws BuildError `LAYOUT_TOO_SMALL` when it says that the tree does not fit, otherwise `COMMAND_FAILED`
 */
export async function runMkfs(command: Command, request: PopulateRequest, ports: Ports): Promise<CommandResult> {
  const result = await ports.programs.run(command);
  const source = command.program;
  const report = (stream: 'stdout' | 'stderr') => {
    for (const text of result[stream].split('\n').filter((line) => line.trim() !== ''))
      ports.emit({ kind: 'output', stream, source, text });
  };
  report('stderr');
  if (result.exitStatus === 0) return result;
  report('stdout');
  throw failure(command, result, request);
}

function failure(command: Command, result: CommandResult, request: PopulateRequest): BuildError {
  const { name, type, mountPoint, sizeBytes } = request.fileSystem;
  const said = `${result.stdout}\n${result.stderr}`;
  const lines = said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-8)
    .map((line) => `  ${line}`);
  const what = `${type} file system "${name}"${mountPoint === undefined ? '' : ` for ${mountPoint}`}`;
  if (tooSmall.test(said))
    return new BuildError({
      code: 'LAYOUT_TOO_SMALL',
      message: [`the ${what} of ${formatBytes(sizeBytes)} cannot hold its part of the tree`, ...lines].join('\n'),
      hint: 'make the image or this partition larger (--image-size, DIB_IMAGE_EXTRA_SIZE or the size in the layout)',
    });
  return new BuildError({
    code: 'COMMAND_FAILED',
    message: [`${command.program} exited with ${result.exitStatus} while making the ${what}`, ...lines].join('\n'),
    hint: `the command was: ${[command.program, ...command.arguments].join(' ')}`,
  });
}
