import type { OptionRow } from './build-option-table.js';

/** What a command was started with. */
export interface CommandStart {
  /** `ramdisk-image-create` chooses ramdisk mode; every other name a disk. */
  readonly programName: string;
  /** Without the program's name. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly workingDirectory: string;
  /** In Debian's names where they differ, for example `amd64`. */
  readonly hostArchitecture: string;
  /** Absolute. */
  readonly homeDirectory: string;
  /** Absolute. */
  readonly builtinElementsDirectory: string;
  /** Options that the command takes beyond those of a build. */
  readonly furtherOptions?: readonly OptionRow[];
}
