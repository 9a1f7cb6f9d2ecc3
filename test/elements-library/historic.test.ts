import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const fine = { status: 0, stderr: '' };
const stubs = { PATH: '/stub:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
/** Writes down its name and its arguments in /calls. */
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

test('dib-run-parts stays in the image and runs hooks there', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dib-run-parts'] });
  const install = target.onHost(`_LIB=${libDirectory} "$staging/extra-data.d/10-dib-run-parts"`);
  assert.deepEqual(ended(install), fine);
  target.write('srv/h.d/10-b', '#!/bin/sh\necho b\n', 0o755);
  target.write('srv/h.d/9-a', '#!/bin/sh\necho a\nexit 3\n', 0o755);
  target.write('srv/h.d/8-payload.txt', '', 0o755);
  assert.equal(target.inTarget('dib-run-parts --list /srv/h.d').stdout, '/srv/h.d/9-a\n/srv/h.d/10-b\n');
  const run = target.inTarget('dib-run-parts /srv/h.d');
  assert.deepEqual([run.status, run.stdout], [3, 'a\n']);
});

test('architecture-emulation-binaries lends an interpreter to the tree, only where one is needed', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['architecture-emulation-binaries'] });
  const machine = spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout.trim();
  const [own, foreign, interpreter] =
    machine === 'x86_64' ? ['amd64', 'arm64', 'qemu-aarch64-static'] : ['arm64', 'amd64', 'qemu-x86_64-static'];
  const copy = (architecture: string, path = '') =>
    target.onHost(`mkdir -p bin; printf interpreter >bin/${interpreter}; chmod 755 bin/*
PATH=${path}$PATH ARCH=${architecture} "$staging/extra-data.d/01-copy-binary"`);
  const clean = () => ended(target.onHost('"$staging/cleanup.d/01-cleanbinary"'));
  assert.deepEqual(copy(own), {
    ...fine,
    stdout: `architecture-emulation-binaries: ${machine} runs ${own} itself\n`,
  });
  assert.deepEqual(ended(copy('vax')), {
    status: 1,
    stderr: 'architecture-emulation-binaries: no interpreter is known for ARCH="vax"\n',
  });
  assert.deepEqual(ended(copy(foreign, '$PWD/bin:')), fine);
  assert.equal(target.read(`usr/bin/${interpreter}`), 'interpreter');
  assert.deepEqual(clean(), fine);
  assert.equal(target.read(`usr/bin/${interpreter}`), undefined);
  assert.equal(target.read('tmp/clean_up_qemu_binary'), undefined);

  target.write(`usr/bin/${interpreter}`, "the image's own");
  assert.deepEqual(ended(copy(foreign, '$PWD/bin:')), fine);
  assert.deepEqual(clean(), fine);
  assert.equal(target.read(`usr/bin/${interpreter}`), "the image's own");
});

const whyNoLoop =
  process.getuid?.() !== 0
    ? 'only root partitions devices'
    : ['losetup', 'sfdisk', 'partx'].some((name) => spawnSync('which', [name]).status !== 0) ||
        spawnSync('losetup', ['-f']).status !== 0
      ? 'no loop device on this machine'
      : false;

test('partitioning-sfdisk partitions the device and names its first partition', { skip: skip || whyNoLoop }, (t) => {
  const target = openTarget(t, { builtin: ['partitioning-sfdisk'] });
  const run = target.onHost(`truncate -s 16M disk; device=$(losetup --find --show disk)
trap 'partx --delete "$device" 2>/dev/null; losetup --detach "$device"; rm -f "$device"p[0-9]' EXIT
source "$staging/environment.d/10-partitioning-sfdisk"
IMAGE_BLOCK_DEVICE=$device TMP_IMAGE_PATH=$PWD/disk "$staging/block-device.d/10-partitioning-sfdisk" 2>said || { cat said >&2; exit 1; }
echo "device $device"
blockdev --getsize64 "$device"p1; sfdisk --json "$device"`);
  assert.equal(run.status, 0, run.stderr);
  const device = /^device (.*)$/m.exec(run.stdout)?.[1] ?? '';
  assert.equal(run.stdout.split('\n')[0], `IMAGE_BLOCK_DEVICE=${device}p1`);
  assert.match(run.stdout, new RegExp(`^${(16 << 20) - 2048 * 512}$`, 'm'));
  const { partitiontable } = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as {
    partitiontable: {
      label: string;
      partitions: readonly { start: number; size: number; type: string; bootable?: boolean }[];
    };
  };
  assert.equal(partitiontable.label, 'dos');
  assert.deepEqual(
    partitiontable.partitions.map(({ start, size, type, bootable }) => ({ start, size, type, bootable })),
    [{ start: 2048, size: 32768 - 2048, type: '83', bootable: true }],
  );
});

test('partitioning-sfdisk says what it lacks', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['partitioning-sfdisk'] });
  assert.deepEqual(ended(target.onHost('"$staging/block-device.d/10-partitioning-sfdisk"')), {
    status: 1,
    stderr: 'partitioning-sfdisk: IMAGE_BLOCK_DEVICE names no device to partition\n',
  });
});

test('ironic-agent installs the agent from its checkout, trusts a certificate and is started at boot', {
  skip,
}, (t) => {
  const target = openTarget(t, {
    builtin: ['install-bin', 'ironic-agent', 'svc-map'],
    environment: { DIB_INIT_SYSTEM: 'systemd' },
  });
  for (const name of ['systemctl', 'update-rc.d']) target.write(`stub/${name}`, recorder, 0o755);
  // A virtual environment of which pip writes down what it is to install.
  target.write(
    'stub/python3',
    `#!/bin/bash\nmkdir -p "$3/bin"\nprintf '%s' '${recorder}' >"$3/bin/pip"\nprintf '#!/bin/bash\\necho /bundle.pem\\n' >"$3/bin/python"\nchmod 755 "$3"/bin/*\n`,
    0o755,
  );
  target.write('bundle.pem', 'old\n');
  assert.deepEqual(
    ended(target.onHost('printf "new\\n" >ca.pem; DIB_IPA_CERT=$PWD/ca.pem "$staging/extra-data.d/15-ssl-ca-copy"')),
    fine,
  );
  assert.equal(target.onHost('DIB_IPA_CERT=/nowhere "$staging/extra-data.d/15-ssl-ca-copy"').status, 1);
  // As install-types links it.
  const install = (init: string) =>
    ended(
      target.inTarget(
        'rm -rf /tree; cp -r /tmp/in_target.d /tree; ln -s ironic-agent-source-install/60-ironic-agent-install /tree/install.d/; /tree/install.d/60-ironic-agent-install',
        { ...stubs, DIB_INIT_SYSTEM: init },
      ),
    );
  assert.deepEqual(install('systemd'), fine);
  assert.equal(target.read('calls'), 'pip install /usr/share/ironic-python-agent\n');
  assert.equal(target.read('bundle.pem'), 'old\nnew\n');
  assert.match(target.read('usr/lib/systemd/system/ironic-python-agent.service') ?? '', /^RestartSec=30s$/m);
  assert.equal(
    target.inTarget('readlink /usr/local/bin/ironic-python-agent').stdout,
    '/usr/share/ironic-python-agent/venv/bin/ironic-python-agent\n',
  );
  assert.deepEqual([install('sysv'), install('upstart')], [fine, fine]);
  assert.match(target.read('calls') ?? '', /update-rc\.d ironic-python-agent\.init defaults\n/);
  assert.equal(install('openrc').status, 1);

  for (const hook of ['extra-data.d/10-merge-svc-map-files', 'extra-data.d/11-copy-svc-map-file']) {
    assert.deepEqual(ended(target.onHost(`"$staging/${hook}"`)), fine, hook);
  }
  target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  target.write('calls', '');
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/post-install.d/80-ironic-agent', stubs)), fine);
  assert.equal(
    target.read('calls'),
    'systemctl is-enabled iptables.service\nsystemctl enable ironic-python-agent.service\n',
  );
  assert.equal(target.read('var/log/install-packages'), '-e git cloud-init\n');
  const old = 'source /tmp/in_target.d/environment.d/01-ironic-agent.sh; echo "$DIB_REPOREF_ironic_agent"';
  assert.equal(target.inTarget(old, { DIB_REPOREF_agent: 'v1' }).stdout, 'v1\n');
});

const whyNoCpio = spawnSync('which', ['cpio']).status === 0 ? false : 'cpio is not installed';

test('ironic-agent packs the tree, without what a ramdisk does not need', { skip: skip || whyNoCpio }, (t) => {
  const target = openTarget(t, { builtin: ['ironic-agent'] });
  const made =
    target.onHost(`root=$PWD/root; mkdir -p $root/{boot,etc,sbin,proc/1,tmp/x,var/cache/apt,usr/share/{doc/a,misc},usr/lib/python}
echo 12 >$root/etc/debian_version; echo kernel >$root/boot/vmlinuz-6.1; echo ramdisk >$root/boot/initrd.img-6.1
echo init >$root/sbin/init; touch $root/usr/share/misc/{magic,pci.ids} $root/usr/lib/python/{a.py,a.pyc} $root/usr/share/doc/a/b $root/proc/1/x
chown 12:34 $root/usr/lib/python/a.py; umask 077
TARGET_ROOT=$root IMAGE_NAME=$PWD/out _LIB=${libDirectory} "$staging/cleanup.d/99-ramdisk-create" >&2
gzip -dc out.initramfs | cpio -t --quiet | LC_ALL=C sort; gzip -dc out.initramfs | cpio -tvn --quiet | awk '$NF ~ /a.py$/ { print $3 ":" $4 }'
cat out.kernel; stat -c '%n %a %h' out.*; readlink root/init; ls | grep -c partial`);
  assert.deepEqual(made.stdout.split('\n'), [
    ...['.', 'boot', 'etc', 'etc/debian_version', 'etc/fstab', 'init', 'proc', 'sbin', 'sbin/init', 'tmp', 'usr'],
    ...['usr/lib', 'usr/lib/python', 'usr/lib/python/a.py', 'usr/share', 'usr/share/doc', 'usr/share/misc'],
    ...['usr/share/misc/pci.ids', 'var', 'var/cache', '12:34', 'kernel'],
    ...['out.initramfs 644 1', 'out.kernel 644 2', 'out.vmlinuz 644 2', './sbin/init', '0', ''],
  ]);
});

test('ubuntu-core takes the archive that its checksums name, and a mirror', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['cache-url', 'ubuntu-core'],
    environment: { DISTRO_NAME: 'ubuntu', DIB_RELEASE: 'noble' },
  });
  const name = 'ubuntu-base-24.04-base-amd64.tar.gz';
  const made =
    target.onHost(`mkdir -p site/etc/apt root; echo 24.04 >site/etc/lsb-release; chown 12:34 site/etc/lsb-release
echo 'deb http://archive.ubuntu.com/ubuntu/ noble main' >site/etc/apt/sources.list
tar -C site -czf ${name} etc; cp ${name} xx${name}; { echo "$(printf %064d 0) *x${name}"; sha256sum -b ${name}; } >SHA256SUMS`);
  assert.equal(made.status, 0, made.stderr);
  const build = (line = '', release = 'noble') =>
    target.onHost(`rm -rf root; mkdir root; export TARGET_ROOT=$PWD/root DIB_IMAGE_CACHE=$PWD/cache DIB_LOCKFILES=$PWD/locks
export DIB_CLOUD_IMAGES=file://$PWD DIB_RELEASE=${release}; ${line}
"$staging/root.d/10-cache-ubuntu-image" >said 2>&1 && echo 0 || echo $?; (cd root; find . -type f -printf '%p %U:%G\\n' | LC_ALL=C sort); tail -n 1 said | sed "s#$PWD#DIR#g"`);
  assert.match(build().stdout, /^0\n\.\/etc\/apt\/sources\.list 0:0\n\.\/etc\/lsb-release 12:34\n/);
  assert.match(build('export DIB_OFFLINE=1').stdout, /Offline \(DIB_OFFLINE\)/);
  // Neither a newer cached file nor an older one that differs is taken for the archive.
  assert.match(build(`echo broken >cache/${name}`).stdout, /^0\n/);
  assert.equal(
    build(`sed -i 's/^[0-9a-f]\\{8\\}/00000000/' SHA256SUMS; touch -d 'now + 9 sec' SHA256SUMS`).stdout,
    `1\nfile://DIR/${name} does not have the checksum in file://DIR/SHA256SUMS\n`,
  );
  assert.match(build('unset DIB_CLOUD_IMAGES', 'zesty').stdout, /^1\nubuntu-core: DIB_RELEASE=zesty is not known/);

  target.write(
    'etc/apt/sources.list',
    'deb http://archive.ubuntu.com/ubuntu/ noble main\ndeb http://security.ubuntu.com/ubuntu noble-security main\ndeb http://other/ x y\n',
  );
  const mirror = { DIB_DISTRIBUTION_MIRROR: 'http://mirror.test/a&b' };
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/pre-install.d/01-set-ubuntu-core-mirror', mirror)), fine);
  assert.equal(
    target.read('etc/apt/sources.list'),
    'deb http://mirror.test/a&b/ noble main\ndeb http://mirror.test/a&b/ noble-security main\ndeb http://other/ x y\n',
  );
  const settings = (release: string) =>
    target.inTarget(
      'source /tmp/in_target.d/environment.d/10-ubuntu-core.bash; echo $DISTRO_NAME $DIB_RELEASE $DIB_INIT_SYSTEM',
      {
        DIB_RELEASE: release,
      },
    ).stdout;
  assert.deepEqual([settings(''), settings('noble')], ['ubuntu trusty upstart\n', 'ubuntu noble systemd\n']);
});
