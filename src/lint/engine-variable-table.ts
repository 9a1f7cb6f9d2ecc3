import type { Phase } from '../model/phase.js';

/** A variable that hooks find set without any element's doing. */
export interface EngineVariable {
  readonly name: string;
  /** Where it is set; absent: in every phase. */
  readonly phases?: readonly Phase[];
  /** Leads to something of the build host, which hooks inside the image do not have. */
  readonly isHostPath?: true;
}

const diskPhases: readonly Phase[] = ['pre-finalise', 'finalise', 'cleanup'];

/** Variables of the engine that are always set in the phases named (core specification, 5.5). */
export const engineVariableTable: readonly EngineVariable[] = [
  { name: '_LIB', isHostPath: true },
  { name: 'DIB_PYTHON_EXEC', isHostPath: true },
  { name: 'DIB_IMAGE_CACHE', isHostPath: true },
  { name: 'DIB_LOCKFILES', isHostPath: true },
  { name: 'TMP_BUILD_DIR', isHostPath: true },
  { name: 'TMP_IMAGE_DIR', isHostPath: true },
  { name: 'TMP_HOOKS_PATH', isHostPath: true },
  { name: 'TMP_MOUNT_PATH', isHostPath: true },
  { name: 'TARGET_ROOT', phases: ['root', 'cleanup'], isHostPath: true },
  { name: 'DIB_BLOCK_DEVICE_PARAMS_YAML', isHostPath: true },
  { name: 'ELEMENTS_PATH' },
  { name: 'IMAGE_BLOCK_DEVICE', phases: diskPhases },
  { name: 'IMAGE_BLOCK_DEVICES', phases: diskPhases },
  { name: 'DIB_IMAGE_SIZE', phases: ['block-device', ...diskPhases] },
  {
    name: 'DIB_DEFAULT_INSTALLTYPE',
    phases: [
      'extra-data',
      'pre-install',
      'install',
      'post-install',
      'post-root',
      'block-device',
      'pre-finalise',
      'finalise',
      'cleanup',
    ],
  },
  ...[
    'LC_ALL',
    'DIB_ARGS',
    'DIB_ENV',
    'ARCH',
    'IMAGE_NAME',
    'IMAGE_TYPE',
    'FS_TYPE',
    'IMAGE_ELEMENT',
    'IMAGE_ELEMENT_YAML',
    'DIB_DEBUG_TRACE',
    'DIB_OFFLINE',
    'DIB_CHECKSUM',
    'DIB_NO_TMPFS',
    'DIB_MIN_TMPFS',
    'OUT_IMAGE_PATH',
    'DIB_ROOT_LABEL',
    'DIB_ROOT_FSTYPE',
    'DIB_BOOT_LABEL',
    'DIB_MOUNTPOINTS',
  ].map((name) => ({ name })),
];

/** Variables that every bash has, or every login gives. */
export const shellVariables: ReadonlySet<string> = new Set(
  (
    'HOME PATH PWD OLDPWD USER LOGNAME SHELL LANG UID EUID PPID RANDOM SRANDOM SECONDS LINENO FUNCNAME HOSTNAME ' +
    'HOSTTYPE OSTYPE MACHTYPE IFS OPTIND OPTARG OPTERR PS1 PS2 PS4 REPLY DIRSTACK SHLVL SHELLOPTS COLUMNS LINES ' +
    'EPOCHSECONDS EPOCHREALTIME PIPESTATUS GROUPS COMP_WORDS COMP_CWORD COMPREPLY COPROC MAPFILE _ BASH BASHPID ' +
    'BASHOPTS BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_EXECUTION_STRING BASH_LINENO ' +
    'BASH_REMATCH BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION'
  ).split(' '),
);

/** What every operating system's element gives: the documented interface between elements and any distribution. */
export const operatingSystemInterface = {
  commands: new Set(['install-packages']),
  variables: new Set(['DISTRO_NAME', 'DIB_RELEASE']),
} as const;
