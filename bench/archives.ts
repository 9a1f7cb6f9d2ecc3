import { execFileSync } from 'node:child_process';

/** Where packages come from; the same for every contestant. */
export interface Archives {
  readonly mirrorUrl: string;
  readonly securityMirrorUrl: string;
  /** The build host accepts release files whose time has run out (its clock is ahead of a frozen archive). */
  readonly acceptsExpired: boolean;
}

/** What `apt-get` knows of one index. */
interface IndexTarget {
  readonly url: string;
  readonly label: string;
}

/**
 * The Debian archives: from DIB_DISTRIBUTION_MIRROR and DIB_DEBIAN_SECURITY_MIRROR, else from the apt sources of the host.
 *
 * @throws Error when neither tells, with what to set
 */
export function findArchives(environment: Readonly<Record<string, string | undefined>>): Archives {
  const mirrorUrl = environment.DIB_DISTRIBUTION_MIRROR ?? urlOf('Debian');
  const securityMirrorUrl = environment.DIB_DEBIAN_SECURITY_MIRROR ?? urlOf('Debian-Security');
  if (mirrorUrl === undefined || securityMirrorUrl === undefined)
    throw new Error(
      'no Debian archive in the apt sources of this machine: set DIB_DISTRIBUTION_MIRROR and DIB_DEBIAN_SECURITY_MIRROR',
    );
  return { mirrorUrl, securityMirrorUrl, acceptsExpired: hostAcceptsExpired() };
}

/** The one-line sources of a release, named as DIB_APT_SOURCES_CONF wants them. */
export function formatSources(archives: Archives, release: string): readonly (readonly [name: string, line: string])[] {
  const options = archives.acceptsExpired ? '[check-valid-until=no] ' : '';
  return [
    ['default', `deb ${options}${archives.mirrorUrl} ${release} main`],
    ['updates', `deb ${options}${archives.mirrorUrl} ${release}-updates main`],
    ['security', `deb ${options}${archives.securityMirrorUrl} ${release}-security main`],
  ];
}

function urlOf(label: string): string | undefined {
  const text = execFileSync('apt-get', ['indextargets', '--format', '$(LABEL)\t$(REPO_URI)'], { encoding: 'utf8' });
  return parseIndexTargets(text).find((target) => target.label === label)?.url;
}

/** Reads lines of label and address, separated by a tab; addresses lose their last slash. */
export function parseIndexTargets(text: string): readonly IndexTarget[] {
  return text
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const [label = '', url = ''] = line.split('\t');
      return { label, url: url.replace(/\/$/, '') };
    });
}

function hostAcceptsExpired(): boolean {
  const text = execFileSync('apt-config', ['dump', '--format', '%f=%v%n', 'Acquire::Check-Valid-Until'], {
    encoding: 'utf8',
  });
  return /=(false|no|0|off|without|disable)$/m.test(text);
}
