import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';
import { openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const fine = { status: 0, stderr: '' };
const stubs = { PATH: '/stub:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
/** Writes down its name and its arguments in /calls. */
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';
const packages = 'var/log/install-packages';

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

/** A hook that runs inside. */
function inside(target: TestTarget, hook: string, environment: Readonly<Record<string, string>> = {}) {
  return ended(target.inTarget(`/tmp/in_target.d/${hook}`, { ...stubs, ...environment }));
}

/** A hook that runs beside the tree. */
function outside(target: TestTarget, hook: string, environment: Readonly<Record<string, string>> = {}) {
  return ended(target.onHost(`"$staging/${hook}"`, { _LIB: libDirectory, ...environment }));
}

test('apt-conf and apt-sources install a file of the build host, with a blank in its name', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['apt-conf', 'apt-sources'] });
  const conf = 'extra-data.d/99-override-default-apt-conf';
  const sources = 'extra-data.d/99-override-default-apt-sources';
  assert.deepEqual([outside(target, conf), outside(target, sources)], [fine, fine], 'nothing is asked for');
  assert.equal(target.read('etc/apt/sources.list'), undefined);

  const line = 'deb [trusted=yes] file:///nowhere test main\n';
  const said =
    target.onHost(`printf 'APT::Retries "7";\\n' >'my apt.conf'; printf '${line}' >'my sources'; ln -s 'my sources' link
export DIB_APT_CONF="$PWD/my apt.conf" DIB_APT_SOURCES="$PWD/link"
"$staging/${conf}"; "$staging/${sources}"; cd "$TMP_MOUNT_PATH/etc/apt"; stat -c '%n %F %a %u:%g' apt.conf sources.list`);
  assert.deepEqual(said, {
    status: 0,
    stdout: 'apt.conf regular file 644 0:0\nsources.list regular file 644 0:0\n',
    stderr: '',
  });
  assert.equal(target.read('etc/apt/sources.list'), line);
  assert.match(target.inTarget('apt-config dump APT::Retries').stdout, /"7"/);

  assert.equal(outside(target, conf, { DIB_APT_CONF: '/no such' }).status, 1);
  assert.deepEqual(outside(target, sources, { DIB_APT_SOURCES: '/dev/null' }), {
    status: 1,
    stderr: 'DIB_APT_SOURCES=/dev/null does not exist or is empty\n',
  });
});

test('apt-sources leaves no other source when it is to be the only one', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['apt-sources'] });
  target.write('etc/apt/sources.list.d/other.list', 'deb http://127.0.0.1:1/ a b\n');
  const run = (exclusive: string) =>
    target.onHost(`echo 'deb file:/x y z' >s; DIB_APT_SOURCES=$PWD/s DIB_APT_SOURCES_EXCLUSIVE=${exclusive} \
"$staging/extra-data.d/99-override-default-apt-sources"; ls "$TMP_MOUNT_PATH/etc/apt/sources.list.d"`).stdout;
  assert.match(run('0'), /other\.list/);
  assert.equal(run('1'), '');
});

const whyNoJq = spawnSync('which', ['jq']).status === 0 ? false : 'jq is not installed';

test('the manifest that dpkg leaves pins a later image to the same versions', { skip: skip || whyNoJq }, (t) => {
  const target = openTarget(t, { builtin: ['apt-preferences', 'dpkg'] });
  const manifest = '/etc/dib-manifests/dib-manifest-dpkg-first';
  const write = inside(target, 'finalise.d/99-write-dpkg-manifest', {
    IMAGE_NAME: '/images/first',
    DIB_MANIFEST_IMAGE_DIR: '/etc/dib-manifests',
  });
  assert.deepEqual(write, fine);
  const text = target.read(manifest.slice(1)) ?? '';
  const listed = (JSON.parse(text) as { packages: readonly Readonly<Record<string, string>>[] }).packages;
  const installed = target.inTarget("dpkg-query -W -f '${binary:Package} ${Version}\\n'").stdout;
  assert.equal(listed.map((entry) => `${entry.package} ${entry.version}\n`).join(''), installed);

  const pin = 'extra-data.d/99-set-apt-package-pins';
  assert.deepEqual(outside(target, pin), fine);
  assert.deepEqual(outside(target, pin, { DIB_DPKG_MANIFEST: '/nowhere' }), {
    status: 1,
    stderr: 'DIB_DPKG_MANIFEST=/nowhere does not exist or is empty\n',
  });
  const version = /^base-files (.*)$/m.exec(installed)?.[1] ?? '';
  target.onHost(`cat >manifest <<'END'
{"packages": [
{"package": "base-files", "arch": "amd64", "version": "${version}", "status": "ii "},
{"package": "libc6:amd64", "arch": "amd64", "version": "0:0.1+b~1", "status": "ii "}
]}
END
DIB_DPKG_MANIFEST=$PWD/manifest "$staging/${pin}"`);
  assert.equal(
    target.read('etc/apt/preferences'),
    `Package: base-files\nPin: version ${version}\nPin-Priority: 1001\n\n` +
      'Package: libc6:amd64\nPin: version 0:0.1+b~1\nPin-Priority: 1001\n\n',
  );
  const policy = target.inTarget("stat -c '%a %u:%g' /etc/apt/preferences; apt-cache policy base-files");
  assert.match(policy.stdout, /^644 0:0\n/);
  assert.match(policy.stdout, /^ \*\*\* \S+ 1001$/m);
});

test('dpkg keeps daemons, proxies and speed-ups of the build out of the image', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dpkg'] });
  const environment = { http_proxy: 'http://127.0.0.1:3142', https_proxy: '' };
  const before = target.inTarget('sha256sum /sbin/start-stop-daemon').stdout;
  const run = (hooks: readonly string[]) => {
    for (const hook of hooks) assert.deepEqual(outside(target, hook, environment), fine, hook);
  };
  target.write('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 0\n', 0o755);
  run(
    ['50-block-daemons', '50-build-with-http-cache', '50-trim-dpkg', '50-block-apt-translations'].map(
      (x) => `root.d/${x}`,
    ),
  );
  assert.equal(target.inTarget('/usr/sbin/policy-rc.d; echo $?').stdout, '101\n');
  assert.match(target.inTarget('start-stop-daemon --start --exec /bin/true').stderr, /nothing is started/);
  assert.match(target.inTarget('apt-config dump Acquire').stdout, /http::Proxy "http:\/\/127\.0\.0\.1:3142"/);
  assert.equal(target.read('etc/dpkg/dpkg.cfg.d/02apt-speedup'), 'force-unsafe-io\n');

  run(['40-unblock-daemons', '50-remove-img-build-proxy', '60-untrim-dpkg'].map((x) => `cleanup.d/${x}`));
  assert.equal(target.inTarget('sha256sum /sbin/start-stop-daemon').stdout, before);
  assert.equal(target.read('usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 0\n');
  for (const path of ['etc/apt/apt.conf.d/60img-build-proxy', 'etc/dpkg/dpkg.cfg.d/02apt-speedup']) {
    assert.equal(target.read(path), undefined, path);
  }
  assert.equal(inside(target, 'pre-install.d/00-disable-apt-recommends').status, 0);
  assert.match(target.inTarget('apt-config dump APT::Install-Recommends').stdout, /"0"/);
});

/** Puts kernels with their ramdisks into /boot, which holds nothing else. */
function writeKernels(target: TestTarget, ...versions: readonly string[]): void {
  target.inTarget('mkdir -p /boot; find /boot -mindepth 1 -delete; echo 12.0 >/etc/debian_version');
  for (const version of versions) {
    target.write(`boot/vmlinuz-${version}`, `kernel ${version}\n`, 0o600);
    target.write(`boot/initrd.img-${version}`, `ramdisk ${version}\n`, 0o600);
    target.write(`boot/config-${version}`, '');
  }
}

test('baremetal delivers the newest kernel and its ramdisk', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['baremetal'] });
  writeKernels(target, '6.1.0-9-amd64', '6.1.0-21-amd64', '6.1.0-2-amd64');
  target.write('dib-signed-kernel-version', '');
  const deliver = (extra: string) =>
    target.onHost(`umask 077; export IMAGE_NAME=$PWD/out _LIB=${libDirectory} ${extra}
"$staging/cleanup.d/99-extract-kernel-and-ramdisk" >&2; stat -c %a out.*; cat out.*; rm out.*`).stdout;
  assert.equal(deliver(''), '644\n644\nramdisk 6.1.0-21-amd64\nkernel 6.1.0-21-amd64\n');
  assert.equal(target.inTarget('ls /dib-signed-kernel-version').status, 2);
  const patterns = "DIB_BAREMETAL_KERNEL_PATTERN='vmlinuz-*-2-*' DIB_BAREMETAL_INITRD_PATTERN='initrd.img-*-2-*'";
  assert.equal(deliver(patterns), '644\n644\nramdisk 6.1.0-2-amd64\nkernel 6.1.0-2-amd64\n');
});

test('select-boot-kernel-initrd answers inside, and leaves nothing behind', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['install-bin', 'select-boot-kernel-initrd'] });
  writeKernels(target, '6.1.0-9-amd64', '6.1.0-21-amd64');
  assert.deepEqual(inside(target, 'pre-install.d/01-install-bin'), fine);
  assert.deepEqual(outside(target, 'extra-data.d/99-copy-dib-img-functions'), fine);
  assert.equal(
    target.inTarget('select-boot-kernel-initrd').stdout,
    'vmlinuz-6.1.0-21-amd64:initrd.img-6.1.0-21-amd64\n',
  );
  target.write('usr/lib/diskimage-builder/other', 'of another element\n');
  assert.deepEqual(outside(target, 'cleanup.d/99-remove-dib-img-functions'), fine);
  assert.equal(target.inTarget('ls /lib/diskimage-builder').stdout, 'other\n');
});

test('cleanup-kernel-initrd keeps the kernel that boots, whole names compared', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['cleanup-kernel-initrd'] });
  writeKernels(target, '6.1.0-2-amd64', '6.1.0-21-amd64', '6.1.0-22-debug');
  assert.deepEqual(
    outside(target, 'cleanup.d/99-cleanup-kernel-initrd', {
      DIB_BAREMETAL_KERNEL_PATTERN: 'vmlinuz-*-21-*',
      DIB_BAREMETAL_INITRD_PATTERN: 'initrd.img-*-21-*',
    }),
    fine,
  );
  assert.deepEqual(target.inTarget('ls /boot').stdout.split('\n').filter(Boolean), [
    'config-6.1.0-21-amd64',
    'config-6.1.0-22-debug',
    'initrd.img-6.1.0-21-amd64',
    'initrd.img-6.1.0-22-debug',
    'vmlinuz-6.1.0-21-amd64',
    'vmlinuz-6.1.0-22-debug',
  ]);
});

test('base installs its packages and upgrades, save where it is told not to', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['base'] });
  const hooks = ['install.d/00-baseline-environment', 'install.d/00-up-to-date', 'install.d/10-cloud-init'];
  for (const hook of hooks) assert.deepEqual(inside(target, hook), fine, hook);
  assert.equal(target.read(packages), '-m base iscsi_package\n-u\n');
  assert.equal(target.inTarget('ls -A /etc/cloud/cloud.cfg.d').stdout, '');
  for (const hook of hooks) {
    const off = {
      DIB_SKIP_BASE_PACKAGE_INSTALL: '1',
      DIB_AVOID_PACKAGES_UPDATE: '1',
      DIB_CLOUD_INIT_ETC_HOSTS: 'localhost',
    };
    assert.deepEqual(inside(target, hook, off), fine, hook);
  }
  assert.equal(target.read(packages), '-m base iscsi_package\n-u\n');
  assert.equal(target.read('etc/cloud/cloud.cfg.d/10_etc_hosts.cfg'), 'manage_etc_hosts: localhost\n');

  target.write('stub/apt-get', recorder, 0o755);
  target.write('stub/apt-cache', '#!/bin/bash\necho "  Candidate: 1"\n', 0o755);
  assert.deepEqual(inside(target, 'pre-install.d/03-baseline-tools', { DIB_RELEASE: 'bookworm' }), fine);
  target.write('stub/apt-cache', '#!/bin/bash\necho "  Candidate: (none)"\n', 0o755);
  for (const release of ['trixie', 'stable']) {
    assert.deepEqual(inside(target, 'pre-install.d/03-baseline-tools', { DIB_RELEASE: release }), fine);
  }
  assert.deepEqual(inside(target, 'pre-install.d/03-baseline-tools', { DISTRO_NAME: 'fedora' }), fine);
  assert.equal(target.read('calls'), 'apt-get -y update\n'.repeat(3));
  assert.equal(
    target.read(packages),
    `-m base iscsi_package\n-u\napt-transport-https software-properties-common\n${'apt-transport-https\n'.repeat(2)}`,
  );
});

test('debian has one init, and a login user on the releases that made none at boot', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['debian'] });
  target.write('stub/apt-get', recorder, 0o755);
  target.write('stub/dpkg-query', '#!/bin/bash\necho installed\n', 0o755);
  const run = (release: string, version: string) => {
    target.write('etc/os-release', `ID=debian\n${version === '' ? '' : `VERSION_ID="${version}"\n`}`);
    target.write(packages, '');
    assert.deepEqual(inside(target, 'install.d/10-cloud-opinions', { DIB_RELEASE: release }), fine, release);
    return target.read(packages);
  };
  assert.equal(run('bullseye', '11'), 'systemd-sysv\n');
  assert.equal(run('bookworm', '12'), 'systemd-sysv\nnetplan.io\n');
  assert.equal(run('trixie', '13'), 'systemd-sysv\nnetplan.io\n');
  assert.equal(run('sid', ''), 'systemd-sysv\nnetplan.io\n', 'sid has no number');
  assert.match(target.read('calls') ?? '', /^(apt-get .*--allow-remove-essential purge sysvinit\n){4}$/);
  assert.equal(target.read('etc/apt/preferences.d/sysvinit'), 'Package: sysvinit\nPin: release *\nPin-Priority: -1\n');
  assert.equal(target.inTarget('getent passwd debian').status, 2);

  assert.equal(run('wheezy', '7'), '');
  assert.match(
    target.inTarget("getent passwd debian; stat -c '%a %u' /etc/sudoers.d/debian-cloud-init").stdout,
    /^debian:x:.*\n440 0\n$/,
  );
  assert.equal(target.read('etc/sudoers.d/debian-cloud-init'), 'debian ALL=(ALL) NOPASSWD:ALL\n');
});

test('debian-systemd sets the init, debian-upstart says that there is none', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['debian', 'debian-systemd', 'debian-upstart'] });
  target.write('etc/os-release', 'VERSION_ID="7"\n');
  target.write('stub/dpkg-query', '#!/bin/bash\nexit 1\n', 0o755);
  const line = 'source /tmp/in_target.d/environment.d/10-debian-systemd; /tmp/in_target.d/install.d/10-cloud-opinions';
  assert.deepEqual(
    ended(target.inTarget(line, { ...stubs, DIB_RELEASE: 'wheezy', DIB_DEBIAN_CLOUD_INIT_HELPER: '' })),
    fine,
  );
  assert.equal(target.read(packages), 'systemd-sysv\n');
  assert.deepEqual(outside(target, 'root.d/05-debian-upstart'), {
    status: 1,
    stderr: 'debian-upstart: upstart left Debian with release 9; use the element debian, which starts with systemd\n',
  });
});

test('debootstrap names the host, its interfaces and its locale', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['debootstrap'] });
  target.write('etc/network/interfaces', 'auto lo\niface lo inet loopback\n');
  const hook = 'install.d/10-debian-networking';
  for (let time = 1; time <= 2; time += 1) {
    assert.deepEqual(inside(target, hook, { DIB_NETWORK_INTERFACE_NAMES: 'eth0 ens3' }), fine);
  }
  assert.equal(
    target.read('etc/network/interfaces'),
    'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n',
  );
  assert.equal(target.read('etc/network/interfaces.d/ens3'), 'auto ens3\niface ens3 inet dhcp\n');
  assert.equal(target.read('etc/hostname'), 'debian\n');
  assert.deepEqual(
    inside(target, hook, { DIB_NETWORK_INTERFACE_NAMES: 'eth7', DIB_APT_MINIMAL_CREATE_INTERFACES: '0' }),
    fine,
  );
  assert.equal(target.read('etc/network/interfaces.d/eth7'), undefined);

  target.write('stub/debconf-set-selections', '#!/bin/bash\ncat >>/calls\n', 0o755);
  target.write('stub/dpkg-reconfigure', recorder, 0o755);
  target.write('usr/share/i18n/SUPPORTED', 'de_DE.UTF-8 UTF-8\nde_DE@euro ISO-8859-15\n');
  const locale = (name: string) => {
    target.write('calls', '');
    const result = inside(target, 'install.d/12-debian-locale-gen', { DIB_DEBOOTSTRAP_DEFAULT_LOCALE: name });
    return { ...result, generated: /multiselect (.*)/.exec(target.read('calls') ?? '')?.[1] };
  };
  assert.deepEqual(locale('C.UTF-8'), { ...fine, generated: 'en_US.UTF-8 UTF-8' });
  assert.equal(target.read('etc/default/locale'), 'LANG="C.UTF-8"\nLC_ALL="C.UTF-8"\n');
  assert.deepEqual(locale('de_DE@euro'), { ...fine, generated: 'en_US.UTF-8 UTF-8, de_DE@euro ISO-8859-15' });
  assert.equal(target.read('etc/default/locale'), 'LANG="de_DE@euro"\nLC_ALL="de_DE@euro"\n');
  assert.match(locale('xx_XX').stderr, /xx_XX is not in/);
});

test('debootstrap leaves neither package lists nor name servers of the build host', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['debootstrap'] });
  target.inTarget(
    'rm -rf /var/lib/apt/lists; mkdir -p /var/lib/apt/lists/partial; touch /var/lib/apt/lists/x /var/lib/apt/lists/partial/y',
  );
  assert.deepEqual(outside(target, 'cleanup.d/99-clean-up-cache'), fine);
  assert.equal(target.inTarget('cd /var/lib/apt/lists; find . -mindepth 1').stdout, './partial\n');

  const forget = `"$staging/extra-data.d/10-forget-host-resolv-conf"; ls "$TMP_MOUNT_PATH/etc" | grep -c ORIG || true`;
  const copy = 'cp /etc/resolv.conf "$TMP_MOUNT_PATH/etc/resolv.conf.ORIG"';
  assert.equal(target.onHost(`${copy}; ${forget}`).stdout, '0\n');
  assert.equal(target.onHost(`echo '# my own' >"$TMP_MOUNT_PATH/etc/resolv.conf.ORIG"; ${forget}`).stdout, '1\n');
});

test('dkms builds each module for each installed kernel with headers', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dkms'] });
  target.inTarget('rm -rf /usr/src/linux-headers-* /usr/src/kernels');
  target.write(
    'stub/dkms',
    `${recorder}[ "$1" != status ] || printf 'old, 1.0, all: added\\nnew/2.0: added\\n'\n[ -z "\${ARCH:-}" ]\n`,
    0o755,
  );
  assert.deepEqual(inside(target, 'post-install.d/97-dkms'), {
    status: 0,
    stderr: 'dkms: no headers of an installed kernel, so no module is built\n',
  });
  target.inTarget(
    'mkdir -p /usr/src/linux-headers-6.1.0-9-amd64 /usr/src/linux-headers-5.0.0-1-amd64 /lib/modules/6.1.0-9-amd64',
  );
  assert.deepEqual(inside(target, 'post-install.d/97-dkms'), fine);
  assert.equal(
    target.read('calls'),
    'dkms status\ndkms install -m new -v 2.0 -k 6.1.0-9-amd64\ndkms install -m old -v 1.0 -k 6.1.0-9-amd64\ndkms status\n',
  );
});

test('modprobe takes the files of all elements, and both elements blacklist modules once', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['modprobe', 'modprobe-blacklist'],
    elements: { mine: { 'modprobe.d/mine.conf': 'options a b=1\n' }, empty: { 'modprobe.d/readme': '' } },
  });
  const copy = (names: readonly string[]) =>
    ended(
      target.onHost(`export work
get_image_element_array() { for name in ${names.join(' ')}; do printf '[%s]=%s ' "$name" "$work/elements/$name"; done; }
export -f get_image_element_array; "$staging/extra-data.d/50-modprobe-blacklist"`),
    );
  assert.deepEqual(copy(['mine']), fine);
  assert.equal(target.read('etc/modprobe.d/mine.conf'), 'options a b=1\n');
  assert.deepEqual(copy(['empty']), {
    status: 1,
    stderr: 'element empty has a directory modprobe.d without any .conf file\n',
  });

  const environment = { DIB_MODPROBE_BLACKLIST: 'pcspkr floppy' };
  target.inTarget('rm -f /etc/modprobe.d/blacklist.conf');
  for (const hook of ['80-modprobe-blacklist', '80-modprobe-blacklist-required', '80-modprobe-blacklist']) {
    assert.deepEqual(inside(target, `install.d/${hook}`, environment), fine, hook);
  }
  assert.equal(target.read('etc/modprobe.d/blacklist.conf'), 'blacklist pcspkr\nblacklist floppy\n');
  assert.deepEqual(inside(target, 'install.d/80-modprobe-blacklist'), fine);
  assert.deepEqual(inside(target, 'install.d/80-modprobe-blacklist-required'), {
    status: 1,
    stderr: 'modprobe-blacklist: set DIB_MODPROBE_BLACKLIST to the modules that must not be loaded\n',
  });
});

test('openstack-ci-mirrors points each distribution at the mirrors of the CI, and does nothing elsewhere', {
  skip,
}, (t) => {
  const target = openTarget(t, { builtin: ['openstack-ci-mirrors'] });
  const names = [
    'DIB_DISTRIBUTION_MIRROR',
    'DIB_EPEL_MIRROR',
    'DIB_DEBOOTSTRAP_EXTRA_ARGS',
    'DIB_YUM_MINIMAL_BOOTSTRAP_REPOS',
  ];
  const source = (environment: Readonly<Record<string, string>>) =>
    target
      .inTarget(
        `source /tmp/in_target.d/environment.d/11-dib-distribution-mirror.bash 2>/said; for name in ${names.join(' ')}; do echo "\${!name:-}"; done`,
        environment,
      )
      .stdout.split('\n')
      .slice(0, -1);
  assert.deepEqual(source({}), ['', '', '', '']);
  assert.equal(target.read('said'), 'openstack-ci-mirrors: no mirror_info.sh, nothing is changed\n');
  target.write('stub/sudo', '#!/bin/bash\nexec "$@"\n', 0o755);
  // A host phase, where the target is the build host: only there may /etc/ci be made.
  const hooks = `export TARGET_ROOT=/tree TMP_HOOKS_PATH=/staging; mkdir -p /tree/etc/apt/apt.conf.d /staging
for hook in root.d/10-apt-disable-gpg extra-data.d/75-copy-mirror-info; do /tmp/in_target.d/$hook || echo failed; done; ls /staging /tree/etc/apt/apt.conf.d`;
  assert.equal(target.inTarget(hooks, stubs).stdout, '/staging:\n\n/tree/etc/apt/apt.conf.d:\n');

  const mirrors = ['UBUNTU', 'UBUNTU_PORTS', 'DEBIAN', 'CENTOS', 'EPEL', 'OPENSUSE'].map(
    (name) => `NODEPOOL_${name}_MIRROR=http://ci/${name}\n`,
  );
  target.write('etc/ci/mirror_info.sh', mirrors.join(''));
  assert.deepEqual(source({ DISTRO_NAME: 'debian' }), ['http://ci/DEBIAN', '', ' --no-check-gpg', '']);
  assert.deepEqual(source({ DISTRO_NAME: 'ubuntu', ARCH: 'arm64' }), [
    'http://ci/UBUNTU_PORTS',
    '',
    ' --no-check-gpg',
    '',
  ]);
  assert.deepEqual(source({ DISTRO_NAME: 'ubuntu', DIB_DEBOOTSTRAP_EXTRA_ARGS: '-x' }), [
    'http://ci/UBUNTU',
    '',
    '-x --no-check-gpg',
    '',
  ]);
  assert.deepEqual(source({ DISTRO_NAME: 'centos', DIB_RELEASE: '9-stream', DIB_OS_CI_YUM_REPOS: '/etc/ci' }), [
    'http://ci/CENTOS',
    'http://ci/EPEL',
    '',
    '/etc/ci/centos-minimal/9-stream/yum.repos.d',
  ]);
  assert.deepEqual(source({ DISTRO_NAME: 'opensuse' }), ['http://ci/OPENSUSE', '', '', '']);
  assert.equal(
    target.inTarget(hooks, stubs).stdout,
    '/staging:\nmirror_info.sh\n\n/tree/etc/apt/apt.conf.d:\n99unauthenticated\n',
  );
  target.inTarget('TARGET_ROOT=/tree /tmp/in_target.d/cleanup.d/10-apt-enable-gpg', stubs);
  assert.equal(target.inTarget('ls /tree/etc/apt/apt.conf.d').stdout, '');
});

test('runtime-ssh-host-keys takes the keys away, and makes what is missing at boot', {
  skip: skip || (spawnSync('which', ['ssh-keygen']).status === 0 ? false : 'ssh-keygen is not installed'),
}, (t) => {
  const target = openTarget(t, { builtin: ['runtime-ssh-host-keys'], environment: { DIB_INIT_SYSTEM: 'systemd' } });
  target.write('etc/ssh/ssh_host_rsa_key', 'of a package\n');
  target.write('etc/ssh/moduli', '');
  assert.deepEqual(outside(target, 'cleanup.d/90-remove-ssh-host-keys'), fine);
  assert.equal(target.inTarget('ls /etc/ssh | grep -c ssh_host').stdout, '0\n');
  const keys = () => {
    const line =
      'bash /tmp/in_target.d/static/usr/local/sbin/runtime-ssh-host-keys.sh; cd /etc/ssh; sha256sum ssh_host_*_key';
    const { status, stdout } = target.inTarget(line);
    assert.equal(status, 0);
    return stdout;
  };
  const first = keys();
  assert.deepEqual(first.match(/ssh_host_\w+/g), ['ssh_host_ecdsa_key', 'ssh_host_ed25519_key', 'ssh_host_rsa_key']);
  assert.equal(keys(), first, 'keys that are there stay');
  target.inTarget('rm /etc/ssh/ssh_host_*');
  // As OpenSSH without a kind of key: the others are made all the same.
  target.write('stub/ssh-keygen', '#!/bin/bash\n[ "$3" != ecdsa ] || exit 1\nexec /usr/bin/ssh-keygen "$@"\n', 0o755);
  const without = target.inTarget(
    'bash /tmp/in_target.d/static/usr/local/sbin/runtime-ssh-host-keys.sh; ls /etc/ssh/ssh_host_*_key',
    stubs,
  );
  assert.equal(without.stdout, '/etc/ssh/ssh_host_ed25519_key\n/etc/ssh/ssh_host_rsa_key\n');

  target.write('stub/systemctl', recorder, 0o755);
  target.write('usr/lib/systemd/system/ssh-keygen.service', '');
  assert.deepEqual(inside(target, 'post-install.d/80-ssh-keygen'), fine);
  assert.equal(target.read('calls'), 'systemctl enable ssh-keygen.service\n');
  assert.deepEqual(inside(target, 'post-install.d/80-ssh-keygen', { DISTRO_NAME: 'fedora' }), fine);
  assert.equal(target.read('usr/lib/systemd/system/ssh-keygen.service'), undefined);
  assert.equal(inside(target, 'post-install.d/80-ssh-keygen', { DIB_INIT_SYSTEM: 'x' }).status, 1);
});

test('dynamic-login is started by each init that has a script of it', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dynamic-login'] });
  for (const program of ['systemctl', 'update-rc.d']) target.write(`stub/${program}`, recorder, 0o755);
  for (const init of ['systemd', 'sysv', 'upstart', 'openrc']) {
    assert.deepEqual(inside(target, 'install.d/70-enable-dynamic-login-services', { DIB_INIT_SYSTEM: init }), fine);
  }
  assert.equal(
    target.read('calls'),
    'systemctl enable dynamic-login.service\nupdate-rc.d dynamic-login.init defaults\n',
  );
});

test('stable-interface-names takes udev’s old rule away when it is a link, an own file stays', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['stable-interface-names'] });
  const rule = '/etc/udev/rules.d/80-net-name-slot.rules';
  target.inTarget(`mkdir -p /etc/udev/rules.d; ln -s /dev/null ${rule}`);
  assert.deepEqual(inside(target, 'install.d/02-stable-interface-names'), fine);
  assert.equal(target.inTarget(`ls ${rule}`).status, 2);
  target.write(rule.slice(1), '# mine\n');
  assert.deepEqual(inside(target, 'install.d/02-stable-interface-names'), fine);
  assert.equal(target.read(rule.slice(1)), '# mine\n');
});

const whyNoCandidates = (() => {
  const { stdout } = spawnSync('apt-cache', ['policy', 'base-files'], { encoding: 'utf8' });
  return /Candidate: \d/.test(stdout ?? '') && /https?:/.test(stdout)
    ? false
    : 'no package lists of Debian on this machine';
})();

test('posix names packages that this release of Debian has', { skip: skip || whyNoCandidates }, (t) => {
  const target = openTarget(t, {
    builtin: ['install-bin', 'package-installs', 'pkg-map', 'posix'],
    environment: { DIB_RELEASE: hostRelease() },
  });
  assert.deepEqual(outside(target, 'extra-data.d/10-create-pkg-map-dir'), fine);
  assert.deepEqual(inside(target, 'pre-install.d/01-install-bin'), fine);
  const utilities = target
    .inTarget(`sed -n "s/^'*\\([a-z][a-z0-9]*\\)'*:.*/\\1/p" /tmp/in_target.d/package-installs.yaml`)
    .stdout.trim()
    .split('\n');
  assert.equal(utilities.length, 160);
  const named = target.inTarget(`pkg-map --element posix ${utilities.join(' ')}`);
  assert.equal(named.status, 0, named.stderr);
  const names = [...new Set(named.stdout.split(/\s+/).filter(Boolean))];
  assert.ok(names.includes('coreutils') && names.length > 40, names.join(' '));
  const unknown = names.filter(
    (name) => !/Candidate: \d/.test(spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' }).stdout),
  );
  assert.deepEqual(unknown, []);
});

function hostRelease(): string {
  return spawnSync('sh', ['-c', '. /etc/os-release; echo "$VERSION_CODENAME"'], { encoding: 'utf8' }).stdout.trim();
}

test('sysprep makes the image anonymous', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['sysprep'] });
  target.write('etc/machine-id', '0123456789abcdef0123456789abcdef\n');
  target.inTarget(
    'mkdir -p /var/lib/dbus; rm -f /var/lib/dbus/machine-id; ln -s /etc/machine-id /var/lib/dbus/machine-id',
  );
  assert.deepEqual(inside(target, 'finalise.d/99-clear-machine-id'), fine);
  assert.equal(target.read('etc/machine-id'), 'uninitialized\n');
  target.inTarget('rm -f /var/lib/dbus/machine-id /etc/machine-id');
  assert.deepEqual(inside(target, 'finalise.d/99-clear-machine-id'), fine);
  assert.equal(target.inTarget('ls /etc/machine-id').status, 2);
});

const whyNoLoop = (() => {
  if (process.getuid?.() !== 0) return 'only root mounts images';
  for (const program of ['qemu-img', 'sfdisk', 'mke2fs', 'mkfs.fat', 'mcopy']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is not installed`;
  }
  return spawnSync('losetup', ['-f']).status === 0 ? false : 'no loop device on this machine';
})();

test('extract-image unpacks a vendor’s disk image with boot and EFI partition, once', {
  skip: skip || whyNoLoop,
}, (t) => {
  const target = openTarget(t, { builtin: ['cache-url', 'sysprep'] });
  const made = target.onHost(`exec 2>&1
mkdir -p root/etc root/boot/efi root/bin boot/grub boot/efi out
echo host >root/etc/hostname; chown 1234:5678 root/etc/hostname; ln -s etc root/link
cp /bin/true root/bin/true; setcap cap_net_raw=ep root/bin/true || true
echo menu >boot/grub/grub.cfg
for pair in boot:8M root:32M; do
  rm -f "\${pair%:*}.img"; mke2fs -q -t ext4 -L "\${pair%:*}" -d "\${pair%:*}" "\${pair%:*}.img" "\${pair#*:}"
done
mkfs.fat -C efi.img 4096 >/dev/null; echo loader >loader; mcopy -i efi.img loader ::loader
truncate -s 48M disk.raw
sfdisk -q disk.raw <<END
label: gpt
start=2048, size=65536, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
start=67584, size=16384, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
start=83968, size=8192, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
END
dd if=root.img of=disk.raw bs=1M seek=1 conv=notrunc status=none
dd if=boot.img of=disk.raw bs=1M seek=33 conv=notrunc status=none
dd if=efi.img of=disk.raw bs=1M seek=41 conv=notrunc status=none
qemu-img convert -O qcow2 disk.raw disk.qcow2
qemu-img convert -O qcow2 root.img plain.qcow2`);
  assert.equal(made.status, 0, made.stdout);
  const extract = (image: string, extra = '') =>
    target.onHost(`rm -rf out; mkdir out; export TARGET_ROOT=$PWD/out TMP_BUILD_DIR=$PWD DIB_IMAGE_CACHE=$PWD/cache ${extra}
"$staging/bin/extract-image" ${image}.qcow2 ${image}.tgz "file://$PWD/${image}.qcow2" "$PWD/cache/${image}.qcow2" >said 2>&1 || { cat said >&2; exit 1; }
grep -c Repacking said || true; cd out; find . -path './lost+found' -prune -o -path './boot/lost+found' -prune -o -type f -print | LC_ALL=C sort
stat -c %u:%g etc/hostname; readlink link; getcap -n bin/true; losetup -l | grep -c "$TMP_BUILD_DIR" || true; ls "$TMP_BUILD_DIR" | grep -c extract-image || true`);
  const common = ['1234:5678', 'etc', 'bin/true cap_net_raw=ep', '0', '0', ''];
  const whole = ['./bin/true', './boot/efi/loader', './boot/grub/grub.cfg', './etc/hostname'];
  const first = extract('disk');
  assert.equal(first.status, 0, first.stderr);
  assert.deepEqual(first.stdout.split('\n'), ['1', ...whole, ...common]);
  assert.deepEqual(
    extract('disk').stdout.split('\n'),
    ['0', ...whole, ...common],
    'the archive of the first time is used',
  );
  assert.deepEqual(extract('disk', 'DIB_OFFLINE=1').stdout.split('\n'), ['0', ...whole, ...common]);
  assert.deepEqual(
    extract('plain').stdout.split('\n'),
    ['1', './bin/true', './etc/hostname', ...common],
    'no partitions',
  );
  const empty =
    target.onHost(`truncate -s 4M disk.raw; sfdisk -q disk.raw <<<$'label: gpt\\n,1M\\n,1M' >/dev/null 2>&1; qemu-img convert -O qcow2 disk.raw none.qcow2
export TARGET_ROOT=$PWD/out TMP_BUILD_DIR=$PWD DIB_IMAGE_CACHE=$PWD/cache; "$staging/bin/extract-image" none.qcow2 none.tgz "file://$PWD/none.qcow2" "$PWD/cache/none.qcow2"`);
  assert.equal(empty.status, 1);
  assert.match(empty.stderr, /extract-image: no partition of .*none\.qcow2 holds a file system/);
});

test('ensure-venv asks for what makes virtual environments on each family', { skip }, (t) => {
  const asked = (distribution: string) => {
    const target = openTarget(t, {
      builtin: ['ensure-venv', 'install-bin', 'package-installs', 'pkg-map'],
      environment: { DISTRO_NAME: distribution, DIB_RELEASE: '9' },
    });
    for (const hook of ['10-create-pkg-map-dir', '99-squash-package-install']) {
      assert.deepEqual(outside(target, `extra-data.d/${hook}`), fine, hook);
    }
    assert.deepEqual(inside(target, 'pre-install.d/01-install-bin'), fine);
    target.write('usr/local/bin/install-packages', '#!/bin/bash\nprintf "%s\\n" "$*" >>/asked\n', 0o755);
    assert.equal(inside(target, 'install.d/01-package-installs').status, 0);
    return target.read('asked');
  };
  assert.deepEqual(['debian', 'ubuntu', 'rocky', 'opensuse', 'gentoo'].map(asked), [
    'python3-venv\n',
    'python3-venv\n',
    'python3\n',
    'python3\n',
    'dev-lang/python\n',
  ]);
});
