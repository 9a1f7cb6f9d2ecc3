import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSources } from '../archives.js';
import type { Contestant } from './contestant.js';
import { findProgram, packageVersion } from './find-program.js';

/** The least that the same packages cost: mmdebstrap, `mke2fs -d` and qemu-img, no elements and no boot loader set up. */
export const floor: Contestant = {
  name: 'mmdebstrap + mke2fs + qemu-img',
  word: 'floor',
  imageName: 'image.qcow2',
  find: () => {
    for (const program of ['mmdebstrap', 'mke2fs', 'qemu-img'])
      if (findProgram(program) === undefined) return { reason: `${program} is not installed` };
    return process.getuid?.() === 0
      ? { version: `mmdebstrap ${packageVersion('mmdebstrap') ?? 'of unknown version'}` }
      : { reason: 'its fastest mode needs root' };
  },
  prepare: ({ directory, release, archives, proxyUrl, packageNames }) => {
    const scriptPath = join(directory, 'build.sh');
    writeFileSync(scriptPath, script);
    return {
      arguments: [
        'bash',
        scriptPath,
        directory,
        release,
        packageNames.join(','),
        ...formatSources(archives, release).map(([, line]) => line),
      ],
      environment: {
        PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: directory,
        TMPDIR: directory,
        http_proxy: proxyUrl,
        DEBIAN_FRONTEND: 'noninteractive',
      },
      workingDirectory: directory,
    };
  },
};

/**
 * Shell lines that make `image.qcow2` from the directory `tree`, both below `$directory`.
 *
 * The tree needs a margin in its file system: a fifth and 64 MiB. Compression is as ours: zstd, written by all cores.
 */
export const makeImageLines = `size_kib=$(( $(du -sk --apparent-size "$directory/tree" | cut -f 1) * 6 / 5 + 65536 ))
truncate -s "\${size_kib}K" "$directory/image.raw"
mke2fs -q -t ext4 -L cloudimg-rootfs -d "$directory/tree" "$directory/image.raw"
qemu-img convert -c -W -m 8 -O qcow2 -o compression_type=zstd "$directory/image.raw" "$directory/image.qcow2"
`;

const script = `set -eu -o pipefail
directory=$1 release=$2 packages=$3
shift 3
mmdebstrap --mode=root --variant=apt --format=directory --dpkgopt=force-unsafe-io \\
    --include="$packages" "$release" "$directory/tree" "$@"
rm -rf "$directory"/tree/var/cache/apt/archives/*.deb "$directory"/tree/var/lib/apt/lists/*
${makeImageLines}`;
