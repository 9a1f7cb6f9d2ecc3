import { formatTable } from '../base/format-table.js';

/** How the value of an option is completed in a shell. */
export type ValueCompletion =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** A comma list of the words. */
  | { readonly kind: 'list'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'element' | 'none' };

/** One option of a command: the single source for parsing, help, completion and documents. */
export interface OptionRow {
  /** How the option is called in the code. */
  readonly name: string;
  readonly short?: string;
  readonly long?: string;
  /** Placeholder of the value; absent: a flag. */
  readonly value?: string;
  /** One or more sentences; wrapped where shown. */
  readonly help: string;
  /** The variable that the option sets for hooks, or that gives its default. */
  readonly variable?: string;
  /** Accepted, but not shown in the help of ramdisk-image-create. */
  readonly isHiddenForRamdisk?: boolean;
  /** Not an option of the original: its abbreviations yield to those of the original's options. */
  readonly isAddition?: boolean;
  readonly completion?: ValueCompletion;
}

/** Architectures that have a name of their own in elements. */
export const architectureNames: readonly string[] = [
  'aarch64',
  'amd64',
  'arm64',
  'armhf',
  'powerpc',
  'ppc64',
  'ppc64el',
  'ppc64le',
  's390x',
  'x86_64',
];

/** Values of `--cache`. */
export const cacheModes = ['on', 'fresh', 'trust', 'off'] as const;

/** Values of `--log-format`. */
export const logFormats = ['auto', 'plain', 'terminal', 'json'] as const;

/** The options of disk-image-create, ramdisk-image-create, `dib build` and `dib plan`. */
export const buildOptionTable = [
  {
    name: 'architecture',
    short: 'a',
    value: 'ARCH',
    help: 'Architecture of the image, for example amd64, arm64, armhf or ppc64el. Default: that of this machine.',
    variable: 'ARCH',
    completion: { kind: 'words', words: architectureNames },
  },
  {
    name: 'imageName',
    short: 'o',
    value: 'NAME',
    help: 'Name of the output files, a path without extension. With one format, its extension may be given too. Default: image.',
    variable: 'IMAGE_NAME',
    completion: { kind: 'file' },
  },
  {
    name: 'formats',
    short: 't',
    value: 'LIST',
    help: 'Output formats, separated by commas. The last -t counts. Default: qcow2; for ramdisks none.',
    completion: { kind: 'list', words: formatTable.map((format) => format.name) },
  },
  {
    name: 'trace',
    short: 'x',
    help: 'Trace the hooks; -xx traces more of them. Adds to DIB_DEBUG_TRACE.',
    variable: 'DIB_DEBUG_TRACE',
  },
  {
    name: 'uncompressed',
    short: 'u',
    help: 'Do not compress the image (qcow2). Larger and faster.',
    variable: 'COMPRESS_IMAGE',
  },
  {
    name: 'clearEnvironment',
    short: 'c',
    help: 'Forget the environment before starting; only HOME, a plain PATH and the place of this program are kept.',
    variable: 'CLEAR_ENV',
  },
  {
    name: 'checksum',
    long: 'checksum',
    help: 'Write MD5 and SHA-256 checksum files beside each image.',
    variable: 'DIB_CHECKSUM',
  },
  {
    name: 'logPath',
    long: 'logfile',
    value: 'FILE',
    help: 'Append the log, always with times, to this file. Nothing is shown then unless DIB_QUIET=0.',
    variable: 'LOGFILE',
    completion: { kind: 'file' },
  },
  {
    name: 'imageSize',
    long: 'image-size',
    value: 'GIB',
    help: 'Size of the image in GiB, fractions allowed. Default: fitted to the tree.',
    variable: 'DIB_IMAGE_SIZE',
  },
  {
    name: 'extraSize',
    long: 'image-extra-size',
    value: 'MIB',
    help: 'Room to leave in the image beyond what the tree needs, in MiB.',
    variable: 'DIB_IMAGE_EXTRA_SIZE',
  },
  {
    name: 'cacheDirectory',
    long: 'image-cache',
    value: 'DIRECTORY',
    help: 'Where downloads and layers are kept. Default: ~/.cache/image-create.',
    variable: 'DIB_IMAGE_CACHE',
    completion: { kind: 'directory' },
  },
  {
    name: 'maximumOnlineResize',
    long: 'max-online-resize',
    value: 'BLOCKS',
    help: 'Largest size, in file system blocks, to which the file system can grow while mounted (ext2, ext3, ext4).',
    variable: 'MAX_ONLINE_RESIZE',
  },
  {
    name: 'journalSize',
    long: 'mkfs-journal-size',
    value: 'MIB',
    help: 'Size of the file system journal in MiB (ext4). Default: 64, less in small images.',
    variable: 'DIB_JOURNAL_SIZE',
  },
  {
    name: 'mkfsOptions',
    long: 'mkfs-options',
    value: 'TEXT',
    help: 'Options for mkfs of the root file system, separated by blanks. They come last and so win.',
    variable: 'MKFS_OPTS',
  },
  {
    name: 'minimumTmpfs',
    long: 'min-tmpfs',
    value: 'GIB',
    help: 'Work in memory only if the machine has twice this much, in GiB. Default: 2.',
    variable: 'DIB_MIN_TMPFS',
  },
  { name: 'noTmpfs', long: 'no-tmpfs', help: 'Never work in memory.', variable: 'DIB_NO_TMPFS' },
  { name: 'offline', long: 'offline', help: 'Use cached data where there is any.', variable: 'DIB_OFFLINE' },
  {
    name: 'qemuImgOptions',
    long: 'qemu-img-options',
    value: 'LIST',
    help: 'Options for qemu-img, key=value separated by commas.',
    variable: 'QEMU_IMG_OPTIONS',
  },
  {
    name: 'rootLabel',
    long: 'root-label',
    value: 'LABEL',
    help: 'Label of the root file system. Default: cloudimg-rootfs, for xfs img-rootfs.',
    variable: 'ROOT_LABEL',
  },
  {
    name: 'ramdiskElement',
    long: 'ramdisk-element',
    value: 'ELEMENT',
    help: 'The element that makes the ramdisk, for ramdisk-image-create. Default: ramdisk.',
    variable: 'RAMDISK_ELEMENT',
    completion: { kind: 'element' },
  },
  {
    name: 'installType',
    long: 'install-type',
    value: 'TYPE',
    help: 'How elements install by default: source or package. Default: source.',
    variable: 'DIB_DEFAULT_INSTALLTYPE',
    completion: { kind: 'words', words: ['source', 'package'] },
  },
  {
    name: 'dockerTarget',
    long: 'docker-target',
    value: 'REPOSITORY[:TAG]',
    help: 'Name of the container image; the docker format needs it.',
    variable: 'DOCKER_TARGET',
  },
  {
    name: 'skipBase',
    short: 'n',
    help: 'Do not add the element base.',
    variable: 'SKIP_BASE',
    isHiddenForRamdisk: true,
  },
  {
    name: 'packages',
    short: 'p',
    value: 'PACKAGE[,…]',
    help: 'Packages to install after the install phase, separated by commas. May be repeated.',
    isHiddenForRamdisk: true,
  },
  {
    name: 'cacheMode',
    isAddition: true,
    long: 'cache',
    value: 'MODE',
    help: 'Cached layers: on (use and keep), fresh (run everything again and keep), trust (use without asking archives for changes), off. Default: on.',
    variable: 'DIB_CACHE_MODE',
    completion: { kind: 'words', words: cacheModes },
  },
  {
    name: 'logFormat',
    isAddition: true,
    long: 'log-format',
    value: 'FORMAT',
    help: 'How progress is shown: auto, plain, terminal or json (one event a line). Default: auto.',
    variable: 'DIB_LOG_FORMAT',
    completion: { kind: 'words', words: logFormats },
  },
  {
    name: 'maximumJobs',
    isAddition: true,
    long: 'jobs',
    value: 'COUNT',
    help: 'How many pieces of work may run at once. Default: one for each processor.',
    variable: 'DIB_JOBS',
  },
  { name: 'help', short: 'h', long: 'help', help: 'Show this help and exit.' },
  { name: 'version', long: 'version', help: 'Show the version and exit.' },
] as const satisfies readonly OptionRow[];

/** The same rows, as options of any command. */
export const buildOptionRows: readonly OptionRow[] = buildOptionTable;

/** The name of an option of {@link buildOptionTable}. */
export type BuildOptionName = (typeof buildOptionTable)[number]['name'];
