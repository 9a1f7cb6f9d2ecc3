import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../src/base/assets.js';
import { formatSources } from '../archives.js';
import type { Assignment, Contestant } from './contestant.js';

/** The program of this checkout. */
export const oursProgram = join(packageDirectory, 'bin/disk-image-create');

/** The build of this checkout; `flags` distinguish variants. */
export function openOurs({ name = 'ours', flags = [] as readonly string[] } = {}): Contestant {
  return {
    name,
    imageName: 'image.qcow2',
    find: () => ({
      version: `${execFileSync(oursProgram, ['--version'], { encoding: 'utf8' }).trim()}, node ${process.versions.node}`,
    }),
    prepare: (assignment) => ({
      arguments: [
        oursProgram,
        ...flags,
        '-t',
        'qcow2',
        '-o',
        join(assignment.directory, 'image'),
        ...assignment.elements,
      ],
      environment: builderEnvironment(assignment),
      workingDirectory: assignment.directory,
    }),
  };
}

/** The environment that ours and the original get alike: empty caches of their own, the same archives. */
export function builderEnvironment({ directory, release, archives, proxyUrl }: Assignment): Record<string, string> {
  const home = join(directory, 'home');
  mkdirSync(home, { recursive: true });
  return {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: home,
    // What a failed build leaves is removed with the directory.
    TMPDIR: directory,
    DIB_IMAGE_CACHE: join(directory, 'cache'),
    DIB_RELEASE: release,
    DIB_DISTRIBUTION_MIRROR: archives.mirrorUrl,
    DIB_DEBIAN_SECURITY_MIRROR: archives.securityMirrorUrl,
    DIB_APT_SOURCES_CONF: formatSources(archives, release)
      .map((named) => named.join(':'))
      .join('\n'),
    ...(archives.acceptsExpired ? { DIB_APT_CHECK_VALID_UNTIL: '0' } : {}),
    http_proxy: proxyUrl,
  };
}
