import { buildOptionRows, type OptionRow } from '../request/build-option-table.js';
import type { CommandRow } from './command-row.js';

const helpOption: OptionRow = { name: 'help', short: 'h', long: 'help', help: 'Show this help and exit.' };
const jsonOption: OptionRow = { name: 'json', long: 'json', help: 'Print JSON.' };

/** What `dib plan --show` can show. */
export const planParts = ['request', 'elements', 'environment', 'layout', 'cache'] as const;

/** Options of `dib plan` beyond those of a build. */
export const planOptionRows: readonly OptionRow[] = [
  { name: 'json', isAddition: true, long: 'json', help: 'Print the whole plan, or the part of --show, as JSON.' },
  {
    name: 'show',
    isAddition: true,
    long: 'show',
    value: 'PART',
    help: `Show only one part: ${planParts.join(', ')}.`,
    completion: { kind: 'words', words: planParts },
  },
];

/** Options of `dib layout` beyond those of a build. */
export const layoutOptionRows: readonly OptionRow[] = [
  { name: 'json', isAddition: true, long: 'json', help: 'Print JSON.' },
];

const elementNotes = [
  'Elements are searched in the directories of ELEMENTS_PATH, separated by colons, then among the built-in ones.',
];

/** The subcommands of `dib`. */
export const subcommandTable: readonly CommandRow[] = [
  {
    name: 'build',
    summary: 'Build an image; takes what disk-image-create takes.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: buildOptionRows,
    notes: elementNotes,
    usageStatus: 1,
  },
  {
    name: 'plan',
    summary: 'Show what a build would do, without doing it, and what it would reuse.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: [...planOptionRows, ...buildOptionRows],
    notes: elementNotes,
    usageStatus: 1,
  },
  {
    name: 'layout',
    summary: 'Show the disk of a build, of a YAML file or of an image as a picture.',
    operands: 'ELEMENT…|FILE',
    operandKind: { kind: 'elements' },
    options: [...layoutOptionRows, ...buildOptionRows],
    notes: [
      'With ELEMENTs: the layout that a build would have; offsets are shown when --image-size is given.',
      'With a FILE that ends in .yaml: the layout in it. With another FILE: the disk image that it is.',
      'Example: dib layout --image-size 4 vm block-device-efi debian-minimal',
      'Example: dib layout debian.qcow2',
    ],
    usageStatus: 1,
  },
  {
    name: 'explain',
    summary: 'Tell which steps of the last build were reused, which ran, and why.',
    operands: '[IMAGE]',
    operandKind: { kind: 'files' },
    options: [jsonOption, helpOption],
    notes: ['IMAGE is what -o said; without it the last build of any image.'],
    usageStatus: 1,
  },
  {
    name: 'shell',
    summary: 'Open a shell in the tree of the last build, before or after a hook.',
    operands: '[IMAGE]',
    operandKind: { kind: 'files' },
    options: [
      { name: 'before', long: 'before', value: 'HOOK', help: 'The tree as it was before this hook ran.' },
      { name: 'after', long: 'after', value: 'HOOK', help: 'The tree as this hook left it, also when it failed.' },
      {
        name: 'command',
        short: 'c',
        long: 'command',
        value: 'TEXT',
        help: 'Run this with sh in place of a shell, and exit with its status.',
      },
      helpOption,
    ],
    notes: [
      'IMAGE is what -o said; without it the last build of any image. Needs a build with layers, not --cache=off.',
      'Without --before and --after: what the failed hook left, or the end of a build that went well. Changes are forgotten.',
      'Example: dib shell --before install.d/50-my-hook',
    ],
    usageStatus: 1,
  },
  {
    name: 'blame',
    summary: 'Tell which hooks wrote a path of the last build, and whose package it is.',
    operands: 'PATH [IMAGE]',
    operandKind: { kind: 'files' },
    options: [jsonOption, helpOption],
    notes: [
      'PATH is a path in the image. IMAGE is what -o said; without it the last build of any image. Needs a build with layers, not --cache=off.',
      'Example: dib blame /etc/hostname',
    ],
    usageStatus: 1,
  },
  {
    name: 'size',
    summary: 'Show where the space of the last build goes: by element, package and directory.',
    operands: '[IMAGE]',
    operandKind: { kind: 'files' },
    options: [
      { name: 'rows', long: 'rows', value: 'COUNT', help: 'Rows of each table. Default: 20.' },
      {
        name: 'html',
        long: 'html',
        value: 'FILE',
        help: 'Write a page with a map of the tree, and all rows, instead.',
        completion: { kind: 'file' },
      },
      jsonOption,
      helpOption,
    ],
    notes: [
      'IMAGE is what -o said; without it the last build of any image. Needs a build with layers, not --cache=off.',
      'Elements count what their layers added, also what a later one replaced; directories what the tree has at the end.',
    ],
    usageStatus: 1,
  },
  {
    name: 'diff',
    summary: 'Tell how two builds differ: packages, files and sizes, by what caused it.',
    operands: 'IMAGE|MANIFEST IMAGE|MANIFEST',
    operandKind: { kind: 'files' },
    options: [
      { name: 'rows', long: 'rows', value: 'COUNT', help: 'Paths of each cause. Default: 10.' },
      jsonOption,
      helpOption,
    ],
    notes: [
      'IMAGE is what -o said; its last build must have kept layers. Of two files .manifest.json elements and artifacts are compared. Times do not count.',
      'Exit status 1 when they differ.',
      'Example: dib diff out/server out/server-new',
    ],
    usageStatus: 1,
  },
  {
    name: 'layers list',
    summary: 'List the cached layers, longest unused first.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [jsonOption, helpOption],
    usageStatus: 1,
  },
  {
    name: 'layers show',
    summary: 'Show a cached layer: hooks, everything they read with digests, size, what it lies on.',
    operands: 'ID',
    operandKind: { kind: 'none' },
    options: [jsonOption, helpOption],
    notes: ['ID is what dib layers list prints, or how it begins.'],
    usageStatus: 1,
  },
  {
    name: 'layers verify',
    summary: 'Read every cached layer and record against its digest, and remove what is damaged.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [{ name: 'keep', long: 'keep', help: 'Only tell what is damaged.' }, jsonOption, helpOption],
    notes: [
      'Exit status 1 when something was damaged; the next build makes it again. What a running build uses stays.',
    ],
    usageStatus: 1,
  },
  {
    name: 'layers export',
    summary: 'Write an archive of the layers and records of a build.',
    operands: 'FILE [IMAGE]',
    operandKind: { kind: 'files' },
    options: [helpOption],
    notes: [
      'FILE ends in .tar, .tar.zst, .tar.gz or .tar.xz. IMAGE is what -o said; without it the last build of any image.',
      'Whoever has the archive has what is in the image at every step, and can try out values of the variables that hooks read.',
    ],
    usageStatus: 1,
  },
  {
    name: 'layers import',
    summary: 'Take an archive of layers into the store, each verified by its digests.',
    operands: 'FILE',
    operandKind: { kind: 'files' },
    options: [helpOption],
    notes: [
      'Builds here then reuse these layers where every input is the same. What root exported only root can import, what an ordinary user exported any ordinary user.',
    ],
    usageStatus: 1,
  },
  {
    name: 'layers gc',
    summary: 'Remove the longest unused layers, and trees of failed builds.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [
      {
        name: 'limit',
        long: 'limit',
        value: 'GIB',
        help: 'Remove until no more than this is left. Default: 20, or DIB_CACHE_MAX_GIB.',
      },
      helpOption,
    ],
    notes: ['Builds do this by themselves when they end. Layers of running builds stay.'],
    usageStatus: 1,
  },
  {
    name: 'elements list',
    summary: 'List the elements that can be used.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [jsonOption, helpOption],
    notes: elementNotes,
    usageStatus: 1,
  },
  {
    name: 'elements show',
    summary: 'Show what an element consists of.',
    operands: 'ELEMENT',
    operandKind: { kind: 'elements' },
    options: [jsonOption, helpOption],
    notes: elementNotes,
    usageStatus: 1,
  },
  {
    name: 'elements resolve',
    summary: 'Show which elements a build has, and who asked for each.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: [jsonOption, helpOption],
    notes: elementNotes,
    usageStatus: 1,
  },
  {
    name: 'elements digest',
    summary: 'Print one digest over all built-in elements, to compare installations.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [jsonOption, helpOption],
    usageStatus: 1,
  },
  {
    name: 'paths',
    summary: 'Print where the built-in elements or the shell files for hooks are.',
    operands: 'elements|lib',
    operandKind: { kind: 'words', words: ['elements', 'lib'] },
    options: [helpOption],
    usageStatus: 1,
  },
  {
    name: 'lint',
    summary: 'Find faults in elements before a build does.',
    operands: '[PATH…]',
    operandKind: { kind: 'directory' },
    options: [
      {
        name: 'format',
        long: 'format',
        value: 'FORMAT',
        help: 'text, json or sarif. Default: text.',
        completion: { kind: 'words', words: ['text', 'json', 'sarif'] },
      },
      {
        name: 'severity',
        long: 'severity',
        value: 'CHECK=SEVERITY',
        help: 'Weigh a check as error or warning, or switch it off. May be repeated, or a list with commas.',
      },
      {
        name: 'failOn',
        long: 'fail-on',
        value: 'SEVERITY',
        help: 'error: warnings leave the exit status 0. warning: they do not. Default: error.',
        completion: { kind: 'words', words: ['error', 'warning'] },
      },
      { name: 'listChecks', long: 'list-checks', help: 'Print the names of all checks and what they want.' },
      helpOption,
    ],
    notes: [
      'A PATH is an element or a directory of elements. Default: ELEMENTS_DIR, ELEMENTS_PATH, ./diskimage_builder/elements, ./elements, else the built-in elements.',
      'A line "# dib-lint: disable=CHECK…" switches checks off for its file, the comment "# dib-lint: CHECK" for its line, the option ignore in section [dib-lint] of ./tox.ini for all.',
    ],
    usageStatus: 1,
  },
  {
    name: 'test',
    summary: 'Build the functional tests of elements and judge each build.',
    operands: '[ELEMENT[/TEST]…|all]',
    operandKind: { kind: 'elements' },
    options: [
      { name: 'list', short: 'l', long: 'list', help: 'List the tests, and what a plain call leaves out.' },
      {
        name: 'jobs',
        short: 'j',
        long: 'jobs',
        value: 'COUNT',
        help: 'Run so many tests side by side, as far as processors and memory allow. Default: 1.',
      },
      { name: 'keep', short: 'k', long: 'keep', help: 'Keep the images and say where they are.' },
      { name: 'keepGoing', long: 'keep-going', help: 'Start further tests after one has failed.' },
      {
        name: 'logs',
        short: 'L',
        long: 'logs',
        value: 'DIRECTORY',
        help: 'Write what each build says to ELEMENT_TEST.PASS.log or ELEMENT_TEST.FAIL.log there instead of showing it.',
        completion: { kind: 'directory' },
      },
      {
        name: 'junit',
        long: 'junit',
        value: 'FILE',
        help: 'Write a report in the XML of JUnit.',
        completion: { kind: 'file' },
      },
      { name: 'timestamps', short: 't', long: 'timestamps', help: 'Begin the lines about tests with the time.' },
      helpOption,
    ],
    notes: [
      'A test is a directory ELEMENT/test-elements/TEST. Without operands all tests run that are not usually left out; a test that is named always runs.',
      ...elementNotes,
    ],
    usageStatus: 1,
  },
  {
    name: 'boot',
    summary: 'Boot an image with QEMU, its serial console in this terminal.',
    operands: 'IMAGE',
    operandKind: { kind: 'files' },
    options: [
      { name: 'uefi', long: 'uefi', help: 'Start with UEFI instead of BIOS firmware.' },
      { name: 'write', long: 'write', help: 'Write changes to the image. Without it they are forgotten at the end.' },
      { name: 'memory', long: 'memory', value: 'MIB', help: 'Memory of the machine. Default: 1024.' },
      { name: 'cpus', long: 'cpus', value: 'COUNT', help: 'Processors of the machine. Default: 2.' },
      {
        name: 'diskSize',
        long: 'disk-size',
        value: 'SIZE',
        help: 'Grow the disk to this size, for example 10G, before booting; with --write the image itself.',
      },
      {
        name: 'port',
        long: 'port',
        value: 'HOST:GUEST',
        help: 'Forward a TCP port of this machine to one of the guest. May be repeated.',
      },
      {
        name: 'architecture',
        short: 'a',
        long: 'arch',
        value: 'ARCH',
        help: 'Architecture of the image. Default: that of this machine.',
        completion: { kind: 'words', words: ['amd64', 'arm64'] },
      },
      { name: 'dryRun', long: 'dry-run', help: 'Print the commands instead of running them.' },
      helpOption,
    ],
    notes: ['Leave with Ctrl-A X. KVM is used where it works; without it everything is emulated and slower.'],
    usageStatus: 1,
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell.',
    operands: 'bash|zsh|fish',
    operandKind: { kind: 'words', words: ['bash', 'zsh', 'fish'] },
    options: [helpOption],
    notes: [
      'bash: source <(dib completion bash)    zsh: source <(dib completion zsh)    fish: dib completion fish | source',
    ],
    usageStatus: 1,
  },
];

/** The programs that are installed, `dib` itself aside. */
export const programTable: readonly CommandRow[] = [
  {
    name: 'disk-image-create',
    summary: 'Build a disk image from elements.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: buildOptionRows,
    notes: [
      ...elementNotes,
      'Example: disk-image-create -o debian vm debian-minimal',
      'Example: disk-image-create -a arm64 -t qcow2,tar -o out/server vm debian-minimal',
    ],
    usageStatus: 1,
  },
  {
    name: 'ramdisk-image-create',
    summary: 'Build a kernel and a ramdisk from elements.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: buildOptionRows,
    notes: [...elementNotes, 'Example: ramdisk-image-create -a amd64 -o deploy debian-minimal deploy'],
    usageStatus: 1,
  },
  {
    name: 'diskimage-builder',
    summary: 'Build the images that YAML files describe.',
    operands: 'FILE…',
    operandKind: { kind: 'files' },
    options: [
      { name: 'dryRun', long: 'dry-run', help: 'Show the commands, run nothing.' },
      { name: 'stopOnFailure', long: 'stop-on-failure', help: 'Stop at the first image that fails.' },
      {
        name: 'jobs',
        short: 'j',
        long: 'jobs',
        value: 'COUNT',
        help: 'Build so many images side by side, as far as processors and memory allow; each line then begins with the name of its image. Default: one for each processor, and 1 with break points.',
      },
      helpOption,
    ],
    notes: [
      'Steps that images share run once, where layers are kept: an image that needs what another one is making waits for it, and lends its place to a third.',
      'What took longest before starts first, and each build counts 2.5 GiB of free memory, with no-tmpfs a fifth of that.',
    ],
    usageStatus: 2,
  },
  {
    name: 'element-info',
    summary: 'Print the elements of a build, dependencies included.',
    operands: 'ELEMENT…',
    operandKind: { kind: 'elements' },
    options: [
      { name: 'env', short: 'e', long: 'env', help: 'Print shell code that sets IMAGE_ELEMENT and its like.' },
      helpOption,
    ],
    notes: ['Elements are searched in the directories of ELEMENTS_PATH, which must be set.'],
    usageStatus: 2,
  },
  {
    name: 'dib-lint',
    summary: 'Check the elements of a checkout, from its root.',
    operands: '',
    operandKind: { kind: 'none' },
    options: [helpOption],
    notes: [
      'ELEMENTS_DIR and LIB_DIR name the directories. Default: diskimage_builder/elements and diskimage_builder/lib, else elements and lib.',
      'Exit status 1 when one of the checks fails that dib-lint has always had; the others of "dib lint" only warn.',
    ],
    usageStatus: 1,
  },
  {
    name: 'dib-run-parts',
    summary: 'Run the hooks of a directory in order.',
    operands: '[--list] DIRECTORY',
    operandKind: { kind: 'directory' },
    options: [],
    usageStatus: 1,
  },
  {
    name: 'dib-block-device',
    summary: 'Make, mount and release the disk of a layout, one command at a time.',
    operands: 'init|getval SYMBOL|create|writefstab|umount|cleanup|delete',
    operandKind: {
      kind: 'words',
      words: ['init', 'getval', 'create', 'writefstab', 'umount', 'cleanup', 'delete'],
    },
    options: [
      {
        name: 'params',
        long: 'params',
        value: 'FILE',
        help: 'YAML file with the parameters. Default: DIB_BLOCK_DEVICE_PARAMS_YAML.',
        completion: { kind: 'file' },
      },
      helpOption,
    ],
    notes: [
      'Symbols: root-label, root-fstype, boot-label, mount-points; after create also image-path, image-block-device, image-block-devices.',
      'create, umount and delete need root and loop devices. Builds need none of this.',
    ],
    usageStatus: 2,
  },
];
