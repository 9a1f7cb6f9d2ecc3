import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMirrorFault } from '../../src/steps/find-mirror-fault.js';

/** Title → what apt 2.6 to 3.0 says, and what is made of it: archive, judgement, cause. */
const cases: Readonly<Record<string, readonly [said: string, found: readonly string[] | undefined]>> = {
  'an archive that is down': [
    `Err:1 http://127.0.0.1:9/debian bookworm InRelease
  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)
Reading package lists...
E: Failed to fetch http://127.0.0.1:9/debian/dists/bookworm/InRelease  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)
E: Some index files failed to download. They have been ignored, or old ones used instead.
E: mmdebstrap failed to run`,
    [
      'http://127.0.0.1:9/debian (bookworm)',
      'cannot be reached',
      'Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)',
    ],
  ],
  'a name that nobody knows, while packages are installed': [
    `E: Failed to fetch http://deb.example/debian/pool/main/h/hello/hello_2.10-3_amd64.deb  Temporary failure resolving 'deb.example'
E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?`,
    ['http://deb.example/debian', 'cannot be reached', "Temporary failure resolving 'deb.example'"],
  ],
  'a package that is no longer there': [
    'E: Failed to fetch http://h/debian/pool/main/h/hello/hello_1_amd64.deb  404  Not Found [IP: 127.0.0.1 80]',
    ['http://h/debian', 'lacks what was asked for', '404  Not Found [IP: 127.0.0.1 80]'],
  ],
  'a release that the archive does not have': [
    `Err:2 http://h/debian nosuch Release
  404  Not Found [IP: 127.0.0.1 80]
E: The repository 'http://h/debian nosuch Release' does not have a Release file.
N: Updating from such a repository can't be done securely, and is therefore disabled by default.`,
    ['http://h/debian (nosuch)', 'lacks what was asked for', '404  Not Found [IP: 127.0.0.1 80]'],
  ],
  'an archive whose machine is down, after another one': [
    `Err:2 http://h/debian bookworm Release
  Could not connect to h:80 (127.0.0.1), connection timed out
E: The repository 'http://h/debian bookworm Release' does not have a Release file.`,
    ['http://h/debian (bookworm)', 'cannot be reached', 'Could not connect to h:80 (127.0.0.1), connection timed out'],
  ],
  'a key that nobody has': [
    `W: GPG error: http://h/debian bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 1234
E: The repository 'http://h/debian bookworm InRelease' is not signed.
N: See apt-secure(8) manpage for repository creation and user configuration details.`,
    [
      'http://h/debian (bookworm)',
      'is not signed as it should be',
      "W: GPG error: http://h/debian bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 1234",
    ],
  ],
  'no signature at all': [
    "E: The repository 'http://h/debian bookworm Release' is not signed.",
    [
      'http://h/debian (bookworm)',
      'is not signed as it should be',
      "E: The repository 'http://h/debian bookworm Release' is not signed.",
    ],
  ],
  'a release file that has run out': [
    'E: Release file for http://h/debian/dists/bookworm/InRelease is expired (invalid since 3d). Updates for this repository will not be applied.',
    [
      'http://h/debian (bookworm)',
      'is no longer valid',
      'E: Release file for http://h/debian/dists/bookworm/InRelease is expired (invalid since 3d). Updates for this repository will not be applied.',
    ],
  ],
  'a release file of tomorrow': [
    'E: Release file for http://h/security/dists/bookworm-security/InRelease is not valid yet (invalid for another 3h). Updates for this repository will not be applied.',
    [
      'http://h/security (bookworm-security)',
      'is not valid yet',
      'E: Release file for http://h/security/dists/bookworm-security/InRelease is not valid yet (invalid for another 3h). Updates for this repository will not be applied.',
    ],
  ],
  'an update in progress': [
    'E: Failed to fetch http://h/debian/dists/bookworm/main/binary-amd64/Packages.xz  File has unexpected size (1 != 2). Mirror sync in progress? [IP: 127.0.0.1 80]',
    [
      'http://h/debian (bookworm)',
      'sent a file that does not fit its digest',
      'File has unexpected size (1 != 2). Mirror sync in progress? [IP: 127.0.0.1 80]',
    ],
  ],
  'a certificate of a stranger': [
    'E: Failed to fetch https://h/debian/dists/sid/InRelease  Certificate verification failed: The certificate is NOT trusted. [IP: 127.0.0.1 443]',
    [
      'https://h/debian (sid)',
      'does not identify itself as it should',
      'Certificate verification failed: The certificate is NOT trusted. [IP: 127.0.0.1 443]',
    ],
  ],
  'a warning that apt left behind it': [
    `W: Failed to fetch http://h/debian/dists/bookworm/InRelease  Could not connect to h:80
W: Some index files failed to download. They have been ignored, or old ones used instead.
make: *** [all] Error 2`,
    undefined,
  ],
  'a package that does not exist': ['E: Unable to locate package nosuch', undefined],
};

for (const [title, [said, found]] of Object.entries(cases)) {
  test(`${title} is ${found === undefined ? 'no fault of a mirror' : 'told with its archive and cause'}`, () => {
    const fault = findMirrorFault(said.split('\n'));
    assert.deepEqual(fault && [fault.mirror, fault.what, fault.cause], found);
    if (fault !== undefined) assert.ok(fault.hint.length > 10);
  });
}
