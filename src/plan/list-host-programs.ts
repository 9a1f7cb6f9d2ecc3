import { hostProgramsFor } from '../base/format-table.js';
import type { DiskLayoutSpec } from '../model/layout.js';
import type { DiskModeChoice, HostProgram } from '../model/plan.js';
import type { BuildRequest } from '../model/request.js';

/** Programs that every build starts. */
const always: readonly HostProgram[] = [
  { program: 'bash', package: 'bash', neededBy: 'hooks' },
  { program: 'unshare', package: 'util-linux', neededBy: 'the build namespace' },
  { program: 'setpriv', package: 'util-linux', neededBy: 'the build namespace' },
  { program: 'mount', package: 'mount', neededBy: 'the build namespace' },
  { program: 'pivot_root', package: 'util-linux', neededBy: 'the build namespace' },
  { program: 'chroot', package: 'coreutils', neededBy: 'hooks in the chroot' },
];

/** Programs of the loop mode. */
const loopPrograms: readonly HostProgram[] = [
  { program: 'losetup', package: 'mount', neededBy: 'loop mode' },
  { program: 'umount', package: 'mount', neededBy: 'loop mode' },
  { program: 'mknod', package: 'coreutils', neededBy: 'loop mode' },
  { program: 'fallocate', package: 'util-linux', neededBy: 'loop mode' },
];

/** What makes each type of file system from a directory. */
const fileSystemPrograms: Readonly<Record<string, readonly (readonly [program: string, packageName: string])[]>> = {
  ext2: [['mke2fs', 'e2fsprogs']],
  ext3: [['mke2fs', 'e2fsprogs']],
  ext4: [['mke2fs', 'e2fsprogs']],
  xfs: [
    ['mkfs.xfs', 'xfsprogs'],
    ['getfattr', 'attr'],
  ],
  btrfs: [['mkfs.btrfs', 'btrfs-progs']],
  vfat: [
    ['mkfs.fat', 'dosfstools'],
    ['mcopy', 'mtools'],
    ['mmd', 'mtools'],
  ],
  swap: [],
};

/** Programs that hooks of built-in elements start on the host, any one of a group will do. */
const elementPrograms: Readonly<
  Record<string, readonly { readonly anyOf: readonly string[]; readonly package: string }[]>
> = {
  debootstrap: [{ anyOf: ['mmdebstrap', 'debootstrap'], package: 'mmdebstrap' }],
  'source-repositories': [{ anyOf: ['git'], package: 'git' }],
  'cache-url': [{ anyOf: ['curl'], package: 'curl' }],
};

/**
 * Every program that the build will start on the host, with what needs it.
 *
 * @param hasProgram whether a program is there: of alternatives, one that is there satisfies
 */
export function listHostPrograms(options: {
  readonly request: BuildRequest;
  readonly elementNames: readonly string[];
  readonly diskMode: DiskModeChoice;
  readonly layoutSpec: DiskLayoutSpec | undefined;
  readonly hasProgram: (program: string) => boolean;
}): readonly HostProgram[] {
  const fileSystems = options.diskMode.mode === 'none' ? [] : (options.layoutSpec?.fileSystems ?? []);
  const needed: HostProgram[] = [
    ...always,
    ...(options.diskMode.mode === 'loop' ? loopPrograms : []),
    ...fileSystems.flatMap((fileSystem) =>
      programsFor(fileSystem.type, options.diskMode).map(([program, packageName]) => ({
        program,
        package: packageName,
        neededBy: `file system ${fileSystem.type}`,
      })),
    ),
    ...hostProgramsFor(options.request.formats, { gzipProgram: options.request.gzipProgram }),
    ...options.elementNames.flatMap((element) =>
      (elementPrograms[element] ?? []).map((group) => ({
        program: group.anyOf.find(options.hasProgram) ?? group.anyOf[0] ?? '',
        package: group.package,
        neededBy: `element ${element}`,
      })),
    ),
  ];
  return needed.filter((program, index) => needed.findIndex((other) => other.program === program.program) === index);
}

/** Types that are not made from a directory are made by mkfs and filled by copying, in loop mode only. */
function programsFor(type: string, diskMode: DiskModeChoice): readonly (readonly [string, string])[] {
  const known = fileSystemPrograms[type];
  if (known !== undefined) return known;
  return diskMode.mode === 'loop'
    ? [
        [`mkfs.${type}`, `the package with mkfs.${type}`],
        ['tar', 'tar'],
      ]
    : [];
}
