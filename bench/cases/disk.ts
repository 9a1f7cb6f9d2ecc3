import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSources } from '../archives.js';
import type { BenchCase, BenchContext } from '../case.js';
import { findProgram } from '../contestants/find-program.js';
import { original, originalProgram } from '../contestants/original.js';
import { oursProgram } from '../contestants/ours.js';
import { writeHook } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import type { Measurement } from '../report.js';
import { runTimed, type TimedRun } from '../timed-run.js';

const timeoutMs = 10 * 60_000;
/** A little more than the base: the kernel's modules are many files, its image and the initramfs large ones. */
const packages = 'apt,systemd-sysv,busybox,sudo,python3,linux-image-amd64,openssh-server';
const sizesGibibytes = [2, 8, 32] as const;

/** What is measured in turn, with the seconds of each round. */
interface Contestant {
  readonly name: string;
  readonly seconds: number[];
  readonly loads: number[];
  measure(): Promise<{ readonly seconds: number; readonly loadBefore: number }>;
}

/** Where the tree lies: as an archive for the builders, as a directory for the commands. */
interface Tree {
  readonly archivePath: string;
  readonly directory: string;
}

/** From the tree to the finished raw image: ours, the original, and the commands that fill a mounted image by hand. */
export const disk: BenchCase = {
  name: 'disk',
  run: async (context) => {
    const tree = await makeTree(context);
    const memory = new Map<number, number[]>(sizesGibibytes.map((size) => [size, []]));
    const buildOurs = async (sizeGibibytes: number) => {
      const run = await buildWithMarks(context, { tree, program: oursProgram, sizeGibibytes, isOriginal: false });
      memory.get(sizeGibibytes)?.push(run.nodePeakBytes / 1e6);
      return run;
    };
    const [smallest] = sizesGibibytes;
    const contestants: Contestant[] = [
      contestant('ours', () => buildOurs(smallest)),
      contestant('losetup, mkfs.ext4, mount, cp, umount, losetup -d', () => fillByHand(context, tree, smallest)),
    ];
    const notes = [`tree: ${describe(tree.directory)}`];
    const found = original.find();
    if ('reason' in found) notes.push(`original cannot run here: ${found.reason}`);
    else
      contestants.push(
        contestant('original', () =>
          buildWithMarks(context, {
            tree,
            program: originalProgram(),
            sizeGibibytes: smallest,
            isOriginal: true,
          }),
        ),
      );

    for (let round = 0; round < context.rounds; round += 1) {
      for (let turn = 0; turn < contestants.length; turn += 1) {
        const one = contestants[(round + turn) % contestants.length];
        if (one === undefined) continue;
        const { seconds, loadBefore } = await one.measure();
        one.seconds.push(seconds);
        one.loads.push(loadBefore);
        context.say(`round ${round + 1}: ${one.name} ${seconds.toFixed(2)} s, load before ${loadBefore.toFixed(1)}`);
      }
      for (const size of sizesGibibytes.slice(1)) await buildOurs(size);
    }
    rmSync(tree.directory, { recursive: true });
    return {
      name: 'disk',
      title: `a tree to a finished raw image of ${smallest} GiB, one ext4 without a partition table`,
      measurements: [
        ...contestants.map(({ name, seconds, loads }): Measurement => ({ name, unit: 's', values: seconds, loads })),
        ...[...memory].map(
          ([size, values]): Measurement => ({ name: memoryName(size), unit: 'MB', values, loads: [] }),
        ),
      ],
      comparisons: [
        { ours: 'ours', theirs: 'original', goal: 0.5 },
        { ours: 'ours', theirs: 'losetup, mkfs.ext4, mount, cp, umount, losetup -d' },
        ...sizesGibibytes
          .slice(1)
          .map((size) => ({ ours: memoryName(size), theirs: memoryName(smallest), goal: 1.05 })),
      ],
      limits: sizesGibibytes.map((size) => ({ name: memoryName(size), atMost: 200 })),
      notes,
    };
  },
};

function contestant(
  name: string,
  measure: () => Promise<{ readonly seconds: number; readonly loadBefore: number }>,
): Contestant {
  return { name, seconds: [], loads: [], measure };
}

function memoryName(sizeGibibytes: number): string {
  return `Node process, image of ${sizeGibibytes} GiB`;
}

/** A Debian with kernel and initramfs, the same for all. */
async function makeTree(context: BenchContext): Promise<Tree> {
  const { archives, proxy } = await context.openArchives();
  const directory = mkdtempSync(join(context.scratchDirectory, 'tree-'));
  const archivePath = join(directory, 'tree.tar');
  const logPath = join(directory, 'mmdebstrap.log');
  const run = await runTimed({
    command: {
      arguments: [
        'mmdebstrap',
        '--mode=root',
        '--variant=minbase',
        '--dpkgopt=force-unsafe-io',
        `--include=${packages}`,
        context.release,
        archivePath,
        ...formatSources(archives, context.release).map(([, line]) => line),
      ],
      environment: {
        PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: directory,
        TMPDIR: directory,
        http_proxy: proxy.url,
        DEBIAN_FRONTEND: 'noninteractive',
      },
      workingDirectory: directory,
    },
    logPath,
    timeoutMs,
  });
  if (run.exitStatus !== 0) throw new Error(`mmdebstrap failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
  const treeDirectory = join(directory, 'tree');
  mkdirSync(treeDirectory);
  execFileSync('tar', ['-xf', archivePath, '-C', treeDirectory, '--numeric-owner', '--exclude=./dev/*']);
  return { archivePath, directory };
}

function describe(directory: string): string {
  const tree = join(directory, 'tree');
  const bytes = Number(execFileSync('du', ['-s', '-B1', tree], { encoding: 'utf8' }).split('\t')[0]);
  const files = execFileSync('find', [tree, '-printf', '.'], { encoding: 'utf8', maxBuffer: 1 << 28 }).length;
  return `${Math.round(bytes / 1e6)} MB in ${files} files and directories`;
}

/**
 * A build of an element that unpacks the tree and notes the time at the borders of what is measured.
 *
 * Measured is, of the original, from its disk's making to the end of the copy into it, and, of both, from the last hook to
 * the end of the program. A hook before the disk's making would have ours choose loop devices, so only the original gets it;
 * ours makes its disk after the last hook anyway.
 */
async function buildWithMarks(
  context: BenchContext,
  build: {
    readonly tree: Tree;
    readonly program: string;
    readonly sizeGibibytes: number;
    readonly isOriginal: boolean;
  },
): Promise<TimedRun & { readonly seconds: number }> {
  const directory = mkdtempSync(join(context.scratchDirectory, 'disk-'));
  const logPath = join(directory, 'bench.log');
  const element = join(directory, 'elements/bench-tree');
  const mark = (name: string) => `date +%s.%N > ${JSON.stringify(join(directory, name))}\n`;
  writeHook(
    join(element, 'root.d/10-bench-tree'),
    `sudo tar -xf ${JSON.stringify(build.tree.archivePath)} -C "$TARGET_ROOT" --numeric-owner --exclude='./dev/*'\n`,
  );
  writeFileSync(join(element, 'element-deps'), '');
  writeFileSync(join(element, 'element-provides'), 'operating-system\n');
  if (build.isOriginal) {
    writeHook(join(element, 'block-device.d/99-bench-mark'), mark('copy-begins'));
    writeHook(join(element, 'pre-finalise.d/00-bench-mark'), mark('copy-ends'));
  }
  writeHook(join(element, 'cleanup.d/99-bench-mark'), mark('hooks-end'));
  try {
    const run = await runTimed({
      command: {
        arguments: [
          // What a failing build of the original leaves mounted goes with its namespace.
          ...(build.isOriginal ? (['unshare', '--mount', '--propagation', 'private'] as const) : (['env'] as const)),
          build.program,
          ...(build.isOriginal ? [] : ['--cache=off']),
          ...['-n', '-t', 'raw', '--image-size', String(build.sizeGibibytes), '-o', join(directory, 'image')],
          'bench-tree',
        ],
        environment: {
          PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
          HOME: directory,
          TMPDIR: directory,
          DIB_IMAGE_CACHE: join(directory, 'cache'),
          ELEMENTS_PATH: join(directory, 'elements'),
        },
        workingDirectory: directory,
      },
      logPath,
      timeoutMs,
    });
    const endedSeconds = Date.now() / 1000;
    if (run.exitStatus !== 0) throw new Error(`${build.program} failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
    const timeOf = (name: string) => Number(readFileSync(join(directory, name), 'utf8'));
    const copySeconds = build.isOriginal ? timeOf('copy-ends') - timeOf('copy-begins') : 0;
    return { ...run, seconds: copySeconds + endedSeconds - timeOf('hooks-end') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The commands that fill a mounted image, with no builder around them. */
async function fillByHand(
  context: BenchContext,
  tree: Tree,
  sizeGibibytes: number,
): Promise<{ readonly seconds: number; readonly loadBefore: number }> {
  for (const program of ['losetup', 'mkfs.ext4'])
    if (findProgram(program) === undefined) throw new Error(`${program} is not installed`);
  const directory = mkdtempSync(join(context.scratchDirectory, 'by-hand-'));
  const logPath = join(directory, 'bench.log');
  const scriptPath = join(directory, 'fill.sh');
  writeFileSync(scriptPath, fillScript);
  try {
    const run = await runTimed({
      command: {
        arguments: ['bash', scriptPath, directory, join(tree.directory, 'tree'), `${sizeGibibytes}G`],
        environment: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin' },
        workingDirectory: directory,
      },
      logPath,
      timeoutMs,
    });
    if (run.exitStatus !== 0) throw new Error(`filling by hand failed: ${findFailure(readFileSync(logPath, 'utf8'))}`);
    return { seconds: run.wallSeconds, loadBefore: run.loadBefore };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The options of mkfs are those that both builders use. */
const fillScript = `set -eu -o pipefail
directory=$1 tree=$2 size=$3
truncate -s "$size" "$directory/image.raw"
device=$(losetup --find --show "$directory/image.raw")
trap 'umount "$directory/mounted" 2>/dev/null || true; losetup -d "$device"' EXIT
mkfs.ext4 -q -i 4096 -J size=64 -L cloudimg-rootfs "$device"
mkdir "$directory/mounted"
mount "$device" "$directory/mounted"
cp -a "$tree/." "$directory/mounted"
umount "$directory/mounted"
`;
