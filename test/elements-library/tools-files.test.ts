import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTarget, whyNoTarget } from './target-fixture.js';

test('install-bin installs all programs for everyone, and does nothing when there are none', {
  skip: whyNoTarget,
}, (t) => {
  const target = openTarget(t, { builtin: ['install-bin'], elements: { a: { 'bin/a-tool': '#!/bin/sh\necho a\n' } } });
  const result = target.inTarget(
    'umask 077; /tmp/in_target.d/pre-install.d/01-install-bin; stat -c "%a %U %G" /usr/local/bin/a-tool; a-tool',
  );
  assert.deepEqual([result.stdout, result.stderr], ['755 root root\na\n', '']);
  const none = openTarget(t, { builtin: ['install-bin'] });
  assert.equal(none.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin').status, 0);
});

test('install-bin refuses directories', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['install-bin'], elements: { a: { 'bin/lib/x': '' } } });
  const result = target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  assert.deepEqual(
    [result.status, result.stderr],
    [1, "bin/lib is a directory: an element's bin directory may hold only programs\n"],
  );
});

test('install-static copies everything, follows merged directories and leaves backups out', {
  skip: whyNoTarget,
}, (t) => {
  const target = openTarget(t, {
    builtin: ['install-static'],
    elements: {
      a: {
        'static/srv/data/lib.so': 'shared object\n',
        'static/srv/data/.hidden': 'hidden\n',
        'static/srv/data/notes~': 'backup\n',
        'static/srv/.git/config': '',
        'static/merged/unit': 'unit\n',
        'static/etc/kept-mode': 'new\n',
        'static/etc/was-link': 'file now\n',
      },
    },
  });
  symlinkSync('lib.so', join(target.staging, 'static/srv/data/lib.so.1'));
  mkdirSync(join(target.staging, 'static/srv/empty'));
  const result = target.inTarget(`
    mkdir /usr/merged; ln -s usr/merged /merged
    echo old >/etc/kept-mode; chmod 0440 /etc/kept-mode
    echo other >/etc/other; ln -s other /etc/was-link
    umask 022
    chmod 664 /tmp/in_target.d/static/merged/unit
    /tmp/in_target.d/install.d/10-install-static-files
    cd /srv && find . | LC_ALL=C sort && readlink data/lib.so.1
    readlink /merged; cat /usr/merged/unit /etc/kept-mode /etc/was-link /etc/other
    stat -c '%a %U' /usr/merged/unit /etc/kept-mode /srv/data; test ! -L /etc/was-link`);
  assert.deepEqual(
    [result.status, result.stderr],
    [
      0,
      'static/srv/.git is left out: a backup or version control\nstatic/srv/data/notes~ is left out: a backup or version control\n',
    ],
  );
  assert.equal(
    result.stdout,
    `.
./data
./data/.hidden
./data/lib.so
./data/lib.so.1
./empty
lib.so
usr/merged
unit
new
file now
other
644 root
440 root
755 root
`,
  );
});

test('install-types links the chosen variant of each element', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: ['install-types'],
    elements: {
      glean: {
        'install.d/simple-init-repo-install/40-glean': '#!/bin/sh\n',
        'install.d/simple-init-source-install/40-glean': '#!/bin/sh\n',
        'install.d/other-source-install/50-other': '#!/bin/sh\n',
        'install.d/other-source-install/package-installs-other': 'gcc\n',
        'install.d/my_tool-package-install/60-tool': '#!/bin/sh\n',
        'install.d/10-plain': '#!/bin/sh\n',
      },
    },
    environment: {
      DIB_INSTALLTYPE_simple_init: 'repo',
      DIB_INSTALLTYPE_my_tool: 'package',
      DIB_X: 'a\nDIB_INSTALLTYPE_other=none',
    },
  });
  const result = target.onHost(
    '"$staging/extra-data.d/99-enable-install-types" && "$staging/extra-data.d/99-enable-install-types" && cd "$staging/install.d" && find . -type l -printf "%P -> %l\\n" | sort',
  );
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(
    result.stdout,
    `Enabling my_tool-package-install
Enabling other-source-install
Enabling simple-init-repo-install
40-glean -> simple-init-repo-install/40-glean
50-other -> other-source-install/50-other
60-tool -> my_tool-package-install/60-tool
package-installs-other -> other-source-install/package-installs-other
`,
  );
});

test('install-types never replaces a hook', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: ['install-types'],
    elements: { a: { 'install.d/a-source-install/10-x': '#!/bin/sh\n', 'install.d/10-x': '#!/bin/sh\n' } },
  });
  const result = target.onHost('"$staging/extra-data.d/99-enable-install-types"');
  assert.deepEqual(
    [result.status, result.stderr],
    [1, 'install.d/a-source-install/10-x cannot be enabled: there is another install.d/10-x already\n'],
  );
});

test('svc-map gives the distribution’s names, save for what is installed from source', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: ['install-bin', 'svc-map'],
    elements: { web: { 'svc-map': 'web:\n  debian: apache2\n  default: httpd\ndb:\n  default: mariadb\n' } },
  });
  const hooks = '"$staging/extra-data.d/10-merge-svc-map-files" && "$staging/extra-data.d/11-copy-svc-map-file"';
  assert.equal(target.onHost(hooks).status, 0);
  assert.equal(target.read('usr/share/svc-map/services'), 'db: mariadb\nweb: apache2\n');
  target.write('etc/systemd/system/db.service', '');
  const result = target.inTarget(
    '/tmp/in_target.d/pre-install.d/01-install-bin; svc-map web db unknown web; rm /usr/share/svc-map/services; svc-map web',
  );
  assert.deepEqual([result.stdout, result.stderr], ['apache2\ndb\nunknown\napache2\nweb\n', '']);
});

test('init scripts go where the init system looks for them', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, {
    builtin: ['dib-init-system'],
    elements: {
      a: { 'init-scripts/systemd/a.service': '[Unit]\n', 'init-scripts/openrc/a': '#!/sbin/openrc-run\n' },
    },
  });
  const hooks =
    'source /tmp/in_target.d/environment.d/99-dib-init-system && /tmp/in_target.d/pre-install.d/04-dib-init-system && /tmp/in_target.d/install.d/20-install-init-scripts && /tmp/in_target.d/post-install.d/10-enable-init-scripts && dib-init-system';
  const systemd = target.inTarget(hooks, { DIB_INIT_SYSTEM: 'systemd' });
  assert.deepEqual([systemd.stdout, systemd.stderr], ['systemd\n', '']);
  assert.equal(target.read('usr/lib/systemd/system/a.service'), '[Unit]\n');
  target.write('usr/local/bin/rc-update', '#!/bin/sh\necho "$*"\n', 0o755);
  assert.equal(target.inTarget(hooks, { DIB_INIT_SYSTEM: 'openrc' }).stdout, 'add a default\nopenrc\n');
  assert.equal(target.read('etc/init.d/a'), '#!/sbin/openrc-run\n');
  const sysv = target.inTarget(hooks, { DIB_INIT_SYSTEM: 'sysv' });
  assert.deepEqual([sysv.status, sysv.stderr], [0, 'the elements ship init scripts, but none for sysv\n']);
  const unset = target.inTarget(hooks);
  assert.deepEqual(
    [unset.status, unset.stderr],
    [1, 'DIB_INIT_SYSTEM is "": it must be upstart, systemd, openrc or sysv\n'],
  );
});

test('dib-python is Python 3, save on the releases that had only 2', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['dib-python'] });
  const versionOf = (environment: Readonly<Record<string, string>>): string =>
    target.inTarget('. /tmp/in_target.d/environment.d/50-dib-python-version; echo "$DIB_PYTHON"', environment).stdout;
  assert.equal(versionOf({}), 'python3\n');
  assert.equal(versionOf({ DIB_PYTHON_VERSION: '2' }), 'python2\n');
  assert.equal(versionOf({ DISTRO_NAME: 'ubuntu', DIB_RELEASE: 'trusty' }), 'python2\n');
  assert.equal(versionOf({ DISTRO_NAME: 'fedora', DIB_RELEASE: '22' }), 'python2\n');
  assert.equal(versionOf({ DISTRO_NAME: 'fedora', DIB_RELEASE: '23' }), 'python3\n');
  assert.equal(versionOf({ DISTRO_NAME: 'opensuse', DIB_RELEASE: '42.3' }), 'python2\n');
  target.write('usr/bin/python3', '#!/bin/sh\necho three\n', 0o755);
  const line =
    '. /tmp/in_target.d/environment.d/50-dib-python-version; /tmp/in_target.d/pre-install.d/01-dib-python && readlink /usr/local/bin/dib-python';
  assert.equal(target.inTarget(line).stdout, '/usr/bin/python3\n');
  const missing = target.inTarget(line, { DISTRO_NAME: 'gentoo', DIB_PYTHON_VERSION: '2' });
  assert.deepEqual(
    [missing.status, missing.stderr],
    [1, 'python2 is not in the target: install it in the root phase or set DIB_PYTHON_VERSION\n'],
  );
  assert.equal(target.onHost('"$staging/cleanup.d/50-dib-python" && "$staging/cleanup.d/50-dib-python"').status, 0);
  assert.equal(target.inTarget('ls /usr/local/bin/dib-python').status, 2);
});

test('records that an earlier build of the name left go, those of other images stay', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['manifests'] });
  const result = target.onHost(
    `. "$staging/environment.d/14-manifests"; "$staging/extra-data.d/20-manifest-dir"
    mkdir -p records/dib-manifests; touch records/dib-manifests/dib-manifest-git-{mine,other}
    touch "$mount/etc/dib-manifests/dib-manifest-dpkg-mine"
    DIB_MANIFEST_SAVE_DIR=records "$staging/cleanup.d/01-copy-manifests-dir" >/dev/null; ls records/dib-manifests`,
    { IMAGE_NAME: '/out/mine' },
  );
  assert.deepEqual(
    [result.status, result.stderr, result.stdout],
    [0, '', 'dib-manifest-dpkg-mine\ndib-manifest-git-other\ndib_arguments\ndib_environment\n'],
  );
});

test('records of the build are kept privately, without secrets', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['manifests', 'element-manifest'] });
  const environment = {
    IMAGE_NAME: 'my-image',
    IMAGE_ELEMENT: 'vm base\ndebian',
    DIB_ENV: [
      'declare -x DIB_ARGS="-o x"',
      'declare -x DIB_DEV_USER_PASSWORD="one',
      'two"',
      'declare -x DIB_MIRROR="http://me:pass@mirror/debian"',
      'declare -x DIB_REG_KEY="k"',
      'declare -x DIB_RELEASE="trixie"',
    ].join('\n'),
    DIB_ARGS: '-o x -a amd64',
  };
  const result = target.onHost(
    `. "$staging/environment.d/14-manifests"
    "$staging/extra-data.d/20-manifest-dir"; "$staging/extra-data.d/75-inject-element-manifest"
    "$staging/cleanup.d/01-copy-manifests-dir" >/dev/null
    cd my-image.d/dib-manifests; stat -c '%a %n' . *; cat dib_environment dib_arguments dib-element-manifest
    stat -c '%a %U %n' "$mount"/etc/dib-manifests/* | sed "s|$mount||"`,
    environment,
  );
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.equal(
    result.stdout,
    `700 .
600 dib-element-manifest
600 dib_arguments
600 dib_environment
declare -x DIB_ARGS="-o x"
declare -x DIB_DEV_USER_PASSWORD="(hidden)"
declare -x DIB_MIRROR="http://(hidden)@mirror/debian"
declare -x DIB_REG_KEY="(hidden)"
declare -x DIB_RELEASE="trixie"
-o x -a amd64
base
debian
vm
600 root /etc/dib-manifests/dib-element-manifest
600 root /etc/dib-manifests/dib_arguments
600 root /etc/dib-manifests/dib_environment
`,
  );
});
