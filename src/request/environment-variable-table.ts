/** One environment variable: the single source for `docs/environment.md`. */
export interface VariableRow {
  readonly name: string;
  /** What holds when it is unset or empty; `none` for nothing. */
  readonly default: string;
  readonly meaning: string;
  readonly example: string;
}

/** Variables that the commands read. A flag of the same meaning wins over the variable. */
export const inputVariableTable = [
  {
    name: 'ELEMENTS_PATH',
    default: 'the built-in elements',
    meaning:
      'Directories searched for elements, separated by colons; an earlier one wins. The built-in elements come last.',
    example: '/srv/elements:/srv/more-elements',
  },
  {
    name: 'IMAGE_ELEMENT',
    default: 'none',
    meaning: 'Elements put before those of the command line, separated by blanks.',
    example: 'vm debian-minimal',
  },
  {
    name: 'ARCH',
    default: 'this machine’s',
    meaning: 'Architecture of the image, in Debian’s names where elements have to choose. Flag: -a.',
    example: 'arm64',
  },
  {
    name: 'IMAGE_NAME',
    default: 'image',
    meaning: 'Name of the output files without extension. Flag: -o.',
    example: 'out/debian',
  },
  {
    name: 'IMAGE_TYPE',
    default: 'qcow2',
    meaning: 'Historic; handed to hooks unchanged. The formats to write are given with -t.',
    example: 'raw',
  },
  { name: 'FS_TYPE', default: 'ext4', meaning: 'Type of the root file system.', example: 'xfs' },
  {
    name: 'ROOT_LABEL',
    default: 'cloudimg-rootfs, for xfs img-rootfs',
    meaning: 'Label of the root file system. Flag: --root-label.',
    example: 'root',
  },
  {
    name: 'SKIP_BASE',
    default: 'none',
    meaning: '1: the element base is not added. Flag: -n.',
    example: '1',
  },
  {
    name: 'RAMDISK_ELEMENT',
    default: 'ramdisk',
    meaning: 'The element that makes the ramdisk (ramdisk-image-create). Flag: --ramdisk-element.',
    example: 'dracut-ramdisk',
  },
  {
    name: 'CLEAR_ENV',
    default: 'none',
    meaning: 'Not empty: forget the environment before starting. Flag: -c.',
    example: '1',
  },
  {
    name: 'DIB_DEBUG_TRACE',
    default: '0',
    meaning: 'Trace level: 1 traces the hooks, 2 traces more of them. -x adds to it.',
    example: '1',
  },
  {
    name: 'DIB_QUIET',
    default: '0, with --logfile 1',
    meaning: '1: show nothing while building. 0 with --logfile: show and write to the file.',
    example: '0',
  },
  {
    name: 'DIB_NO_TIMESTAMP',
    default: '0',
    meaning: '1: no times before lines shown. A log file keeps them.',
    example: '1',
  },
  {
    name: 'DIB_LOG_FORMAT',
    default: 'auto',
    meaning: 'How progress is shown: auto, plain, terminal or json. Flag: --log-format.',
    example: 'json',
  },
  {
    name: 'DIB_CHECKSUM',
    default: '0',
    meaning:
      '1: write .md5 and .sha256 files beside each image. A text that names md5 or sha256 writes those. Flag: --checksum.',
    example: 'sha256',
  },
  {
    name: 'DIB_IMAGE_SIZE',
    default: 'fitted to the tree',
    meaning: 'Size of the image in GiB, fractions allowed. Flag: --image-size.',
    example: '2.5',
  },
  {
    name: 'DIB_IMAGE_EXTRA_SIZE',
    default: 'none',
    meaning: 'Room to leave beyond what the tree needs, in MiB. Flag: --image-extra-size.',
    example: '512',
  },
  {
    name: 'DIB_JOURNAL_SIZE',
    default: '64, less in small images',
    meaning: 'Size of the journal of an ext4 root in MiB. Flag: --mkfs-journal-size.',
    example: '32',
  },
  {
    name: 'MKFS_OPTS',
    default: 'none',
    meaning: 'Options for mkfs of the root file system, separated by blanks. Flag: --mkfs-options.',
    example: '-O ^metadata_csum',
  },
  {
    name: 'MAX_ONLINE_RESIZE',
    default: 'none',
    meaning: 'Largest size in file system blocks for growing while mounted. Flag: --max-online-resize.',
    example: '524288000',
  },
  {
    name: 'DIB_BLOCK_DEVICE_CONFIG',
    default: 'that of the elements',
    meaning: 'Disk layout: YAML text, or file:// and the path of a YAML file.',
    example: 'file:///srv/layout.yaml',
  },
  { name: 'DIB_BLOCK_SIZE', default: '512', meaning: 'Logical sector size of the disk: 512 or 4096.', example: '4096' },
  {
    name: 'DIB_DISK_MODE',
    default: 'chosen by the plan',
    meaning: 'How disks are made: files (in user space, no privileges) or loop (loop devices).',
    example: 'files',
  },
  {
    name: 'DIB_DEFAULT_INSTALLTYPE',
    default: 'source',
    meaning: 'How elements install by default: source or package. Flag: --install-type.',
    example: 'package',
  },
  {
    name: 'QEMU_IMG_OPTIONS',
    default: 'none',
    meaning: 'Options for every qemu-img conversion, key=value separated by commas. Flag: --qemu-img-options.',
    example: 'compat=0.10',
  },
  { name: 'DIB_GZIP_BIN', default: 'gzip', meaning: 'The program that compresses tgz archives.', example: 'pigz' },
  {
    name: 'ACI_MANIFEST',
    default: 'none',
    meaning: 'The manifest to put into aci images.',
    example: '/srv/manifest.json',
  },
  {
    name: 'OVERWRITE_OLD_IMAGE',
    default: '0',
    meaning: 'Not 0: replace an existing image. Otherwise it is renamed with the time.',
    example: '1',
  },
  {
    name: 'DIB_SHOW_IMAGE_USAGE',
    default: '0',
    meaning: 'Not 0: report what fills the image, entries of at least 10 MiB.',
    example: '1',
  },
  {
    name: 'DIB_SHOW_IMAGE_USAGE_FULL',
    default: '0',
    meaning: 'Not 0: the same report with all entries.',
    example: '1',
  },
  {
    name: 'DIB_IMAGE_CACHE',
    default: '~/.cache/image-create',
    meaning: 'Where downloads and layers are kept. Flag: --image-cache.',
    example: '/var/cache/dib',
  },
  {
    name: 'DIB_CACHE_MODE',
    default: 'on',
    meaning: 'Cached layers: on, fresh, trust or off. Flag: --cache.',
    example: 'off',
  },
  {
    name: 'DIB_CACHE_MAX_GIB',
    default: '20',
    meaning: 'How large the layers of one user may become before the longest unused ones go, in GiB.',
    example: '50',
  },
  {
    name: 'DIB_CACHE_MAX_AGE_HOURS',
    default: '24',
    meaning: 'How long a layer is used whose hooks may have fetched something that cannot be asked for changes.',
    example: '168',
  },
  {
    name: 'DIB_CACHE_MERGE_MS',
    default: '300',
    meaning: 'Hooks that run after one another share a layer until they took this long together, in milliseconds.',
    example: '1000',
  },
  {
    name: 'DIB_LOCKFILES',
    default: '~/.cache/dib/lockfiles',
    meaning: 'Where elements keep their lock files.',
    example: '/run/lock/dib',
  },
  {
    name: 'DIB_OFFLINE',
    default: 'none',
    meaning: 'Not empty: use cached data where there is any. Flag: --offline.',
    example: '1',
  },
  {
    name: 'DIB_NO_TMPFS',
    default: '0',
    meaning: 'Not 0: never work in memory. Flag: --no-tmpfs.',
    example: '1',
  },
  {
    name: 'DIB_MIN_TMPFS',
    default: '2',
    meaning: 'Work in memory only if the machine has twice this much, in GiB. Flag: --min-tmpfs.',
    example: '4',
  },
  {
    name: 'DIB_JOBS',
    default: 'one for each processor',
    meaning: 'How many pieces of work may run at once. Flag: --jobs.',
    example: '2',
  },
  { name: 'TMPDIR', default: '/tmp', meaning: 'Where the work is done when not in memory.', example: '/var/tmp' },
  { name: 'TMP_DIR', default: '/tmp', meaning: 'The same, where TMPDIR is unset.', example: '/var/tmp' },
  {
    name: 'GENTOO_PROFILE',
    default: 'none',
    meaning: 'A profile that names hardened works as DIB_NO_TMPFS=1, since such trees need extended attributes.',
    example: 'default/linux/amd64/23.0/hardened',
  },
  {
    name: 'RUN_PARTS_REGEX',
    default: '^[0-9A-Za-z_-]+$',
    meaning: 'Which files of a phase directory are hooks, an extended regular expression over the name.',
    example: '^[0-9]+-[a-z-]+$',
  },
  {
    name: 'break',
    default: 'none',
    meaning:
      'Stages at which the build stops for a shell, separated by commas: before-PHASE, after-PHASE, after-error.',
    example: 'before-install,after-error',
  },
  { name: 'break_cmd', default: 'bash', meaning: 'What runs at a break point.', example: 'ls /' },
  {
    name: 'break_outside_target',
    default: 'none',
    meaning: 'Not empty: after an error in the chroot the break command runs on the host.',
    example: '1',
  },
  {
    name: 'SOURCE_DATE_EPOCH',
    default: 'none',
    meaning: 'Seconds since 1970: no file in the image is newer, and identifiers derive from it.',
    example: '1700000000',
  },
  {
    name: 'POSIXLY_CORRECT',
    default: 'none',
    meaning: 'Set: options end at the first element.',
    example: '1',
  },
  {
    name: 'DIB_PYTHON_EXEC',
    default: 'python3 of PATH',
    meaning: 'The Python that elements run on the host.',
    example: '/usr/bin/python3',
  },
] as const satisfies readonly VariableRow[];

/** The name of a variable that the commands read. */
export type InputVariableName = (typeof inputVariableTable)[number]['name'];

/** A variable that hooks see. */
export interface HookVariableRow {
  readonly name: string;
  /** From when on. */
  readonly from: string;
  readonly meaning: string;
}

/** Variables that hooks see beyond the caller's own. */
export const hookVariableTable: readonly HookVariableRow[] = [
  { name: '_LIB', from: 'always', meaning: 'Directory of the shell files that hooks source; a path of the host.' },
  { name: 'DIB_PYTHON_EXEC', from: 'always', meaning: 'Python of the host, for hooks that run there.' },
  { name: 'LC_ALL', from: 'always', meaning: 'C.' },
  { name: 'DIB_ARGS', from: 'always', meaning: 'The command line as one text.' },
  {
    name: 'DIB_ENV',
    from: 'always',
    meaning:
      'A line declare -x NAME="value" for each variable named DIB_… at the start. Values of names that sound secret are replaced by ***.',
  },
  { name: 'ARCH', from: 'always', meaning: 'Architecture of the image.' },
  { name: 'IMAGE_NAME', from: 'always', meaning: 'Name of the output, without extension.' },
  { name: 'IMAGE_TYPE', from: 'always', meaning: 'qcow2 unless the caller set it. Not the requested formats.' },
  { name: 'FS_TYPE', from: 'always', meaning: 'Type of the root file system.' },
  { name: 'ELEMENTS_PATH', from: 'always', meaning: 'All searched directories, the built-in elements last.' },
  { name: 'IMAGE_ELEMENT', from: 'always', meaning: 'Names of all elements of the build, separated by blanks.' },
  { name: 'IMAGE_ELEMENT_YAML', from: 'always', meaning: 'YAML map of element names and their directories.' },
  { name: 'DIB_DEBUG_TRACE', from: 'always', meaning: 'Trace level, always set.' },
  { name: 'DIB_IMAGE_CACHE', from: 'always', meaning: 'Cache directory of the host.' },
  { name: 'DIB_LOCKFILES', from: 'always', meaning: 'Directory for lock files on the host.' },
  { name: 'DIB_OFFLINE', from: 'always', meaning: 'Empty, or not: use cached data.' },
  { name: 'DIB_CHECKSUM', from: 'always', meaning: 'As given, or 0.' },
  { name: 'DIB_NO_TMPFS', from: 'always', meaning: 'As given, or 0.' },
  { name: 'DIB_MIN_TMPFS', from: 'always', meaning: 'As given, or 2.' },
  { name: 'RAMDISK_ELEMENT', from: 'always, for ramdisks', meaning: 'The element that makes the ramdisk.' },
  { name: 'TMP_BUILD_DIR', from: 'always', meaning: 'Workspace of the build.' },
  { name: 'TMP_IMAGE_DIR', from: 'always', meaning: 'Where disk files are made.' },
  {
    name: 'TMP_HOOKS_PATH',
    from: 'always',
    meaning: 'Staging directory: the merged hook directories of all elements.',
  },
  { name: 'TMP_MOUNT_PATH', from: 'always', meaning: 'Where the tree is, on the host.' },
  { name: 'TARGET_ROOT', from: 'in root and cleanup', meaning: 'The same as TMP_MOUNT_PATH.' },
  { name: 'OUT_IMAGE_PATH', from: 'always', meaning: 'Empty.' },
  { name: 'DIB_BLOCK_DEVICE_PARAMS_YAML', from: 'always', meaning: 'Parameter file of dib-block-device.' },
  { name: 'DIB_ROOT_LABEL', from: 'always', meaning: 'Label of the root file system.' },
  { name: 'DIB_ROOT_FSTYPE', from: 'always', meaning: 'Type of the root file system.' },
  { name: 'DIB_BOOT_LABEL', from: 'always', meaning: 'Label of the file system mounted at /boot, or empty.' },
  { name: 'DIB_MOUNTPOINTS', from: 'always', meaning: 'Mount points of the layout, joined by vertical bars.' },
  { name: 'DIB_DEFAULT_INSTALLTYPE', from: 'after root', meaning: 'source or package.' },
  {
    name: 'DIB_IMAGE_SIZE',
    from: 'block-device; before it if the caller gave it',
    meaning: 'From block-device on the size of the image in KiB; before it GiB as given.',
  },
  { name: 'IMAGE_BLOCK_DEVICE', from: 'pre-finalise', meaning: 'The whole disk, where loop devices are used.' },
  { name: 'IMAGE_BLOCK_DEVICES', from: 'pre-finalise', meaning: 'Text [name]=device for each partition and volume.' },
];
