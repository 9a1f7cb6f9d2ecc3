import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import type { Assignment, Contestant } from './contestant.js';
import { ask, findProgram, packageVersion } from './find-program.js';
import { builderEnvironment } from './ours.js';

const debianPackage = 'python3-diskimage-builder';

/** Answers as each of the programs that need device-mapper. */
const mapperStandInPath = join(packageDirectory, 'bench/contestants/kpartx-stand-in');

/**
 * The original as Debian packages it, made to bootstrap with mmdebstrap as its newest version does.
 *
 * Its call of debootstrap is answered by a program that hands it to mmdebstrap, and its calls of kpartx, where the kernel
 * has no device-mapper, by one that does without. They are put over those programs by bind mounts that only this build
 * sees, as a directory on PATH would not survive sudo.
 */
export const original: Contestant = {
  name: 'original',
  word: 'original',
  imageName: 'image.qcow2',
  find: () => {
    const version = packageVersion(debianPackage);
    if (version === undefined) return { reason: `the package ${debianPackage} is not installed` };
    if (process.getuid?.() !== 0) return { reason: 'it needs root' };
    for (const program of ['sudo', 'debootstrap', 'mmdebstrap'])
      if (findProgram(program) === undefined) return { reason: `${program} is not installed` };
    const bootstrap = `bootstrap by mmdebstrap ${packageVersion('mmdebstrap') ?? ''}`;
    const partitions = hasDeviceMapper() ? '' : ', kpartx answered by a stand-in: the kernel has no device-mapper';
    return { version: `${version}, ${bootstrap}${partitions}` };
  },
  prepare: (assignment) => {
    const bootstrapPath = join(assignment.directory, 'debootstrap');
    writeFileSync(bootstrapPath, formatStandIn(assignment), { mode: 0o755 });
    const standIns = [
      ['debootstrap', bootstrapPath],
      ...(hasDeviceMapper() ? [] : ['kpartx', 'dmsetup'].map((name) => [name, mapperStandInPath] as const)),
    ] as const;
    return {
      arguments: [
        'unshare',
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        'set -e; while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done; shift; exec "$@"',
        'sh',
        ...standIns.flatMap(([name, standInPath]) => {
          const path = findProgram(name);
          return path === undefined ? [] : [standInPath, path];
        }),
        '--',
        originalProgram(),
        '-t',
        'qcow2',
        '-o',
        join(assignment.directory, 'image'),
        ...assignment.elements,
      ],
      environment: builderEnvironment(assignment),
      workingDirectory: assignment.directory,
    };
  },
};

/** The original's own program, even where another of its name comes first on PATH. */
export function originalProgram(): string {
  const path = ask('dpkg-query', '-L', debianPackage)
    .split('\n')
    .find((line) => line.endsWith('/bin/disk-image-create'));
  if (path === undefined) throw new Error(`${debianPackage} has no disk-image-create`);
  return path;
}

/** Whether the kernel maps devices; to ask loads its module where there is one, as kpartx does. */
function hasDeviceMapper(): boolean {
  try {
    ask('dmsetup', 'version');
    return true;
  } catch {
    return false;
  }
}

/** A program that answers as debootstrap and works as mmdebstrap. */
function formatStandIn({ archives }: Assignment): string {
  const version = ask('debootstrap', '--version');
  const options = archives.acceptsExpired ? `--aptopt='Acquire::Check-Valid-Until "false"' ` : '';
  return `#!/bin/sh
if [ "$1" = --version ]; then
    echo '${version}'
    exit 0
fi
exec mmdebstrap ${options}--include=apt,tzdata "$@"
`;
}
