import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Archives, formatSources } from '../archives.js';
import type { Contestant } from './contestant.js';
import { ask, findProgram } from './find-program.js';
import { makeImageLines } from './floor.js';

/** Of the package debian-archive-keyring. */
const keyringPath = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * mkosi as it is on PATH, with the same packages.
 *
 * Up to version 14 it makes a GPT disk with an ext4 root that boots. Later ones leave disks to a systemd-repart that is
 * newer than that of Debian 12, so they make the tree and the image is made from it as in the floor: no boot loader.
 * Their own list of sources has debugging symbols too, whose lists nobody else fetches; they get the one of the others,
 * and Debian's keys.
 */
export const mkosi: Contestant = {
  name: 'mkosi',
  word: 'mkosi',
  imageName: 'image.qcow2',
  find: () => {
    if (findProgram('mkosi') === undefined) return { reason: 'mkosi is not installed' };
    if (process.getuid?.() !== 0) return { reason: 'it is run as root' };
    if (versionNumber() >= 15 && !existsSync(keyringPath)) return { reason: `there is no ${keyringPath}` };
    return {
      version:
        versionNumber() < 15 ? ask('mkosi', '--version') : `${ask('mkosi', '--version')} (tree), mke2fs, qemu-img`,
    };
  },
  prepare: ({ directory, release, archives, proxyUrl, packageNames }) => {
    const version = versionNumber();
    const configuration = join(directory, 'configuration');
    mkdirSync(join(configuration, 'etc/apt/apt.conf.d'), { recursive: true });
    if (archives.acceptsExpired)
      writeFileSync(join(configuration, 'etc/apt/apt.conf.d/00expired'), 'Acquire::Check-Valid-Until "false";\n');
    if (version >= 15) {
      writeFileSync(join(configuration, 'etc/apt/sources.list'), furtherSources(archives, release));
      mkdirSync(join(configuration, 'etc/apt/trusted.gpg.d'));
      copyFileSync(keyringPath, join(configuration, 'etc/apt/trusted.gpg.d/debian-archive-keyring.gpg'));
    }
    const scriptPath = join(directory, 'build.sh');
    writeFileSync(scriptPath, `set -eu -o pipefail\ndirectory=$1\nshift\n"$@"\n${version < 15 ? '' : makeImageLines}`);
    return {
      arguments: [
        'bash',
        scriptPath,
        directory,
        'mkosi',
        '--distribution=debian',
        `--release=${release}`,
        ...(version < 15
          ? [
              `--mirror=${archives.mirrorUrl}`,
              '--format=gpt_ext4',
              '--qcow2',
              '--bootable',
              '--output=image.qcow2',
              `--skeleton-tree=${configuration}`,
            ]
          : [
              `--local-mirror=${archives.mirrorUrl}`,
              '--format=directory',
              '--bootable=no',
              '--output=tree',
              `--sandbox-tree=${configuration}`,
              '--build-sources=',
            ]),
        `--workspace-dir=${directory}`,
        ...packageNames.map((name) => `--package=${name}`),
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

/** The sources beside the release itself, which mkosi adds as its local mirror. */
function furtherSources(archives: Archives, release: string): string {
  return formatSources(archives, release)
    .filter(([name]) => name !== 'default')
    .map(([, line]) => `${line}\n`)
    .join('');
}

function versionNumber(): number {
  return Number(/\d+/.exec(ask('mkosi', '--version'))?.[0] ?? 0);
}
