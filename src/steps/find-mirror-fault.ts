/** What is wrong with a package archive, read off what apt said. */
export interface MirrorFault {
  /** Address, with the release where it is known: `http://deb.debian.org/debian (bookworm)`. */
  readonly mirror: string;
  /** What is wrong, to be said after the address. */
  readonly what: string;
  /** apt's own words. */
  readonly cause: string;
  readonly hint: string;
}

/**
 * Finds what apt (or a program that runs it, such as mmdebstrap) says of an archive that failed it: one that is not
 * there, lacks a file, is not signed as it should be, or holds something damaged or outdated.
 *
 * Only errors count, not warnings: these apt leaves behind it.
 *
 * @param lines what the program said last, in order
 */
export function findMirrorFault(lines: readonly string[]): MirrorFault | undefined {
  for (const line of lines) {
    const untrusted = /^E: The repository '(\S+) (\S+).*' (?:is not signed|is no longer signed)/.exec(line);
    const rejected = /^E: (?:GPG error|OpenPGP signature verification failed): (\S+) (\S+) \S+: /.exec(line);
    const signature = untrusted ?? rejected;
    if (signature !== null) {
      const mirror = nameMirror(signature[1] ?? '', signature[2]);
      return { mirror, what: 'is not signed as it should be', cause: causeOfDistrust(lines) ?? line, hint: keyHint };
    }
    const outdated = /^E: Release file for (\S+) is (expired|not valid yet)/.exec(line);
    if (outdated !== null) {
      const [, address = '', state] = outdated;
      return state === 'expired'
        ? { mirror: nameMirror(address), what: 'is no longer valid', cause: line, hint: expiredHint }
        : { mirror: nameMirror(address), what: 'is not valid yet', cause: line, hint: clockHint };
    }
    const unmade = /^E: The repository '(\S+) (\S+).*' does not have a Release file/.exec(line);
    if (unmade !== null) {
      const mirror = nameMirror(unmade[1] ?? '', unmade[2]);
      // Where the machine cannot be reached apt says this, too.
      const reason = causeOfFetch(lines);
      return reason === undefined ? { mirror, ...lacks(line) } : { mirror, ...judge(reason) };
    }
    const failed = /^E: Failed to fetch (\S+)\s+(.*)$/.exec(line);
    if (failed !== null) return { mirror: nameMirror(failed[1] ?? ''), ...judge(failed[2] ?? '') };
  }
  return undefined;
}

const keyHint =
  'is it the archive that was meant? the keyring with its key is named in DIB_APT_KEYRING (DIB_DEBIAN_KEYRING)';
const expiredHint = 'is the clock of this machine right? else the mirror is not kept up to date: name another one';
const clockHint = 'the clock of this machine is behind that of the archive';
const otherMirror = 'DIB_DISTRIBUTION_MIRROR names another one';

type Judgement = Pick<MirrorFault, 'what' | 'cause' | 'hint'>;

/** apt-transport-http's words, and those of libc, GnuTLS and HTTP. */
function judge(cause: string): Judgement {
  if (/Hash Sum mismatch|unexpected size|Mirror sync in progress|Writing more data than expected/i.test(cause))
    return {
      what: 'sent a file that does not fit its digest',
      cause,
      hint: `the mirror is being updated, or a proxy keeps an old copy: try again later; ${otherMirror}`,
    };
  if (/[Cc]ertificate|SSL|TLS handshake/.test(cause))
    return {
      what: 'does not identify itself as it should',
      cause,
      hint: 'its certificate must be known to this machine (package ca-certificates) and to the image',
    };
  if (/^\s*(4\d\d|5\d\d) /.test(cause) || /not found|no such file/i.test(cause)) return lacks(cause);
  return {
    what: 'cannot be reached',
    cause,
    hint: `is the network up, and a proxy needed (http_proxy)? ${otherMirror}`,
  };
}

function lacks(cause: string): Judgement {
  return {
    what: 'lacks what was asked for',
    cause,
    hint: `does it hold this release (DIB_RELEASE) and architecture? package lists may be older than it, then build with --cache=fresh; ${otherMirror}`,
  };
}

function causeOfDistrust(lines: readonly string[]): string | undefined {
  return lines.find((line) => /^[WE]: (GPG error|OpenPGP signature verification failed): /.test(line));
}

function causeOfFetch(lines: readonly string[]): string | undefined {
  const failed = lines.map((line) => /^[WE]: Failed to fetch \S+\s+(.*)$/.exec(line)?.[1]).find(Boolean);
  if (failed !== undefined) return failed;
  const index = lines.findIndex((line) => /^Err:\d+ /.test(line));
  const next = index < 0 ? undefined : lines[index + 1];
  return next?.startsWith('  ') === true ? next.trim() : undefined;
}

/** The archive of a file in it: what comes before `dists` or `pool`, and the release after `dists`. */
function nameMirror(address: string, release?: string): string {
  const match =
    /^(.*?)\/(?:dists\/(.+?)\/(?:(?:In)?Release|[a-z-]+\/(?:binary|i18n|source|dep11|cnf)|by-hash).*|pool\/.*)$/.exec(
      address,
    );
  const base = (match?.[1] ?? address).replace(/\/+$/, '');
  const name = release ?? match?.[2];
  return name === undefined ? base : `${base} (${name})`;
}
