import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from './contestant.js';
import { ask, findProgram } from './find-program.js';

/** mkosi as it is installed: the same packages in a GPT disk with an ext4 root that boots. */
export const mkosi: Contestant = {
  name: 'mkosi',
  imageName: 'image.qcow2',
  find: () => {
    if (findProgram('mkosi') === undefined) return { reason: 'mkosi is not installed' };
    return process.getuid?.() === 0 ? { version: ask('mkosi', '--version') } : { reason: 'run it as root' };
  },
  prepare: ({ directory, release, archives, proxyUrl, packageNames }) => {
    // Files that are in the tree before the first package; apt inside reads them.
    const skeleton = join(directory, 'skeleton');
    mkdirSync(join(skeleton, 'etc/apt/apt.conf.d'), { recursive: true });
    if (archives.acceptsExpired)
      writeFileSync(join(skeleton, 'etc/apt/apt.conf.d/00expired'), 'Acquire::Check-Valid-Until "false";\n');
    const isOld = Number(/\d+/.exec(ask('mkosi', '--version'))?.[0]) < 15;
    const outputFlags = isOld ? ['--format', 'gpt_ext4', '--qcow2'] : ['--format', 'disk'];
    const convert = isOld
      ? ''
      : ' && qemu-img convert -c -W -m 8 -O qcow2 -o compression_type=zstd image.raw image.qcow2';
    return {
      arguments: [
        'sh',
        '-c',
        `"$@"${convert}`,
        'sh',
        'mkosi',
        '--distribution',
        'debian',
        '--release',
        release,
        '--mirror',
        archives.mirrorUrl,
        ...outputFlags,
        ...(isOld ? ['--bootable', '--output', 'image.qcow2'] : ['--bootable=yes', '--output', 'image']),
        '--skeleton-tree',
        skeleton,
        '--workspace-dir',
        directory,
        ...packageNames.flatMap((name) => ['--package', name]),
        'build',
      ],
      environment: {
        PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: directory,
        http_proxy: proxyUrl,
      },
      workingDirectory: directory,
    };
  },
};
