/** What an exit status means: the source of `docs/exit-codes.md`. */
export interface ExitStatusRow {
  readonly status: string;
  readonly commands: string;
  readonly meaning: string;
}

/** Every exit status that our commands end with. */
export const exitStatusTable: readonly ExitStatusRow[] = [
  { status: '0', commands: 'all', meaning: 'Success; help and version included.' },
  {
    status: '1',
    commands: 'all',
    meaning: 'A fault that is named on standard error with its code, and that no row below is more exact about.',
  },
  {
    status: '1',
    commands: '`disk-image-create`, `ramdisk-image-create`, `dib`',
    meaning: 'The command line is wrong (`USAGE`).',
  },
  {
    status: '2',
    commands: '`diskimage-builder`, `element-info`',
    meaning: 'The command line is wrong (`USAGE`).',
  },
  {
    status: 'any',
    commands: '`disk-image-create`, `ramdisk-image-create`, `dib build`',
    meaning:
      'A hook failed (`HOOK_FAILED`; `SPACE_MISSING` or `MIRROR_FAILED` where that is known to be the cause): its own exit status; 128 + signal number where a signal ended it.',
  },
  {
    status: 'any',
    commands: '`diskimage-builder`',
    meaning: 'The status of the last image that failed. All images are tried unless `--stop-on-failure` is given.',
  },
  { status: '1', commands: '`dib lint`, `dib-lint`', meaning: 'There is a finding that counts as an error.' },
  { status: '1', commands: '`dib test`', meaning: 'A test failed, or a word names no test.' },
  { status: '1', commands: '`dib diff`', meaning: 'The builds differ.' },
  { status: '1', commands: '`dib layers verify`', meaning: 'Something in the store was damaged.' },
  { status: 'any', commands: '`dib boot`', meaning: 'The status of QEMU.' },
  { status: 'any', commands: '`dib shell`', meaning: 'The status of the shell or of the command of `--command`.' },
  { status: 'any', commands: '`dib-run-parts`', meaning: 'The status of the hook that failed.' },
  {
    status: '70',
    commands: 'all',
    meaning: 'A bug of ours: the text begins with `Internal error:` and a stack follows.',
  },
  { status: '130', commands: 'all that build', meaning: 'Stopped by Ctrl-C or SIGTERM (`INTERRUPTED`).' },
  { status: '137', commands: 'all that build', meaning: 'Killed (SIGKILL). Nothing is left behind.' },
  { status: '141', commands: 'all', meaning: 'The reader of standard output went away (SIGPIPE).' },
];
