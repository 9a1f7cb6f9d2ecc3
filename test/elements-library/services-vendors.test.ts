import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const stubs = { PATH: '/stub:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';
const fine = { status: 0, stderr: '' };

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

test('python-stow-versions builds the highest patch of each version asked for, and removes its tools', {
  skip,
}, (t) => {
  const target = openTarget(t, { builtin: ['python-stow-versions'] });
  target.write(
    'pyenv/plugins/python-build/install.sh',
    '#!/bin/bash\nmkdir -p /usr/local/share/python-build\ncp /python-build /usr/local/bin/python-build\n',
    0o755,
  );
  target.write(
    'python-build',
    `${recorder}if [ "$1" = --definitions ]; then printf '  %s\\n' 2.7.18 3.8-dev 3.8.9 3.8.20 3.9.1 3.9.23 3.13.0 miniforge3-3.8.1 pypy3.9.1; fi\n`,
    0o755,
  );
  const build = (environment: Readonly<Record<string, string>>, words = '') => {
    target.write('calls', '');
    const result = target.inTarget(`/tmp/in_target.d/install.d/70-python-build ${words}`, {
      MAKE_OPTS: '-j2',
      ...environment,
    });
    const calls = (target.read('calls') ?? '').split('\n').filter((line) => line !== 'python-build --definitions');
    return { ...ended(result), built: calls.filter(Boolean).map((line) => line.replace('python-build ', '')) };
  };
  assert.deepEqual(build({ DIB_PYTHON_VERSIONS: '3.8,3.9' }), {
    ...fine,
    built: ['3.8.20 /usr/local/stow/python-3.8.20', '3.9.23 /usr/local/stow/python-3.9.23'],
  });
  assert.deepEqual(
    build({ DIB_PYTHON_VERSIONS: '' }).built.map((line) => line.split(' ')[0]),
    ['2.7.18', '3.8.20', '3.9.23', '3.13.0'],
  );
  assert.deepEqual(build({ DIB_PYTHON_VERSIONS: '2.7' }, '3.13').built, ['3.13.0 /usr/local/stow/python-3.13.0']);
  assert.deepEqual(build({ DIB_PYTHON_VERSIONS: '3.80' }), {
    status: 1,
    stderr: 'python-stow-versions: python-build knows no release of Python 3.80 (DIB_PYTHON_VERSIONS)\n',
    built: [],
  });
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/post-install.d/70-python-build')), fine);
  assert.equal(
    target.inTarget('ls -d /pyenv /usr/local/bin/python-build /usr/local/share/python-build 2>/dev/null').stdout,
    '',
  );
});

test('python-brickclient links the program that the extension extends', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['python-brickclient'] });
  target.write(
    'stub/make-venv',
    `${recorder}mkdir -p "$1/bin"; cp /stub/pip "$1/bin/pip"; touch "$1/bin/cinder"\n`,
    0o755,
  );
  target.write('stub/pip', recorder, 0o755);
  const install = '/tmp/in_target.d/post-install.d/55-brick-client-install';
  const environment = { ...stubs, DIB_PYTHON_VIRTUALENV: 'make-venv' };
  assert.deepEqual(ended(target.inTarget(install, environment)), fine);
  assert.equal(
    target.read('calls'),
    'make-venv /usr/share/python-brickclient/venv\npip install python-brick-cinderclient-ext\n',
  );
  assert.equal(
    target.inTarget('test -e /usr/local/bin/python-brickclient && readlink /usr/local/bin/python-brickclient').stdout,
    '/usr/share/python-brickclient/venv/bin/cinder\n',
  );
  assert.deepEqual(ended(target.inTarget(install, environment)), {
    status: 1,
    stderr: 'python-brickclient: /usr/share/python-brickclient is there already\n',
  });
});

test('mellanox has its drivers loaded at boot', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['mellanox'] });
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/install.d/65-mellanox')), fine);
  const modules = 'mlx4_en mlx4_ib ib_ipoib mlx5_ib ib_umad ib_uverbs';
  assert.equal(target.read('etc/modules-load.d/mellanox.conf'), `${modules.replaceAll(' ', '\n')}\n`);
  const rules = target.read('etc/udev/rules.d/81-mellanox.rules') ?? '';
  assert.match(rules, new RegExp(`modprobe -a ${modules}"`));
  assert.equal(target.inTarget('cat /tmp/in_target.d/udev.d/81-mellanox-drivers.rules').stdout, rules);
});

test('hpdsa is for one release, and sets its driver up once', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['hpdsa'] });
  assert.deepEqual(ended(target.onHost('$staging/root.d/10-hpdsa-check-distro')), {
    status: 1,
    stderr: 'hpdsa: the driver exists for Ubuntu trusty only, not for debian bookworm\n',
  });
  assert.deepEqual(
    ended(target.onHost('$staging/root.d/10-hpdsa-check-distro', { DISTRO_NAME: 'ubuntu', DIB_RELEASE: 'trusty' })),
    fine,
  );
  for (const program of ['apt-key', 'update-initramfs']) target.write(`stub/${program}`, recorder, 0o755);
  for (const hook of [
    'pre-install.d/06-hpdsa',
    'post-install.d/95-hpdsa',
    'post-install.d/95-hpdsa',
    'post-install.d/98-hpdsa-post-dkms',
  ]) {
    assert.deepEqual(ended(target.inTarget(`/tmp/in_target.d/${hook}`, stubs)), fine, hook);
  }
  assert.equal(target.read('calls'), 'apt-key add /tmp/hpdsa-key.pub\nupdate-initramfs -u -k all\n');
  assert.equal(target.read('etc/modprobe.d/install-hpdsa.conf'), 'blacklist ahci\n');
  assert.equal((target.read('etc/modules') ?? '').match(/^hpdsa$/gm)?.length, 1);
});

test('proliant-tools checks the signature of the package before installing it', { skip }, (t) => {
  const run = (distribution: string, rpm = '') => {
    const target = openTarget(t, { builtin: ['proliant-tools'] });
    target.write('tmp/ssacli.rpm', '');
    for (const program of ['alien', 'pip-of-test']) target.write(`stub/${program}`, recorder, 0o755);
    target.write('stub/rpm', `${recorder}${rpm}\n`, 0o755);
    const result = target.inTarget('/tmp/in_target.d/install.d/65-proliant-tools-install', {
      ...stubs,
      DISTRO_NAME: distribution,
      DIB_PYTHON_PIP: 'pip-of-test',
    });
    return { status: result.status, calls: (target.read('calls') ?? '').split('\n').slice(0, -1) };
  };
  assert.deepEqual(run('debian'), {
    status: 0,
    calls: ['alien --install --scripts /tmp/ssacli.rpm', 'pip-of-test install proliantutils'],
  });
  const key = 'rpm --import https://downloads.linux.hpe.com/SDR/hpePublicKey2048_key1.pub';
  assert.deepEqual(run('rocky').calls, [
    key,
    'rpm --checksig /tmp/ssacli.rpm',
    'rpm --install --replacepkgs /tmp/ssacli.rpm',
    'pip-of-test install proliantutils',
  ]);
  assert.deepEqual(run('rocky', '[ "$1" != --checksig ]'), {
    status: 1,
    calls: [key, 'rpm --checksig /tmp/ssacli.rpm'],
  });
});

test('keylime-agent sets its keys in their section and lists digests of the finished image', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['keylime-agent'],
    environment: { DIB_INIT_SYSTEM: 'systemd', DIB_KEYLIME_AGENT_REGISTRAR_IP: '192.0.2.1' },
  });
  target.write('opt/keylime/bin/pip', recorder, 0o755);
  target.write(
    'tmp/keylime/keylime.conf',
    '[general]\nagent_uuid = other\n[cloud_agent]\ncloudagent_ip = 127.0.0.1\nregistrar_ip = 127.0.0.1\n\n[logger_keylime]\nlevel = INFO\n',
  );
  // From the merged tree the hook runs as a link in install.d, as install-types makes it.
  const install =
    'cp -r /tmp/in_target.d /tree; ln -s keylime-agent-source-install/80-keylime-agent-install /tree/install.d/; /tree/install.d/80-keylime-agent-install';
  assert.deepEqual(ended(target.inTarget(install)), fine);
  assert.equal(
    target.read('etc/keylime.conf'),
    '[general]\nagent_uuid = other\n[cloud_agent]\ncloudagent_ip = 0.0.0.0\nregistrar_ip = 192.0.2.1\n\nagent_uuid = hash_ek\n[logger_keylime]\nlevel = DEBUG\n',
  );
  assert.match(target.read('etc/ima/ima-policy') ?? '', /^measure func=BPRM_CHECK mask=MAY_EXEC uid=0$/m);
  assert.match(target.read('usr/lib/systemd/system/keylime-agent.service') ?? '', /^Restart=always$/m);

  target.write('tmp/keylime/scripts/create_allowlist.sh', 'echo "$PWD $*" >"$2"\n');
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/finalise.d/90-keylime-allowlist')), fine);
  assert.equal(target.read('root/allowlist.txt'), '/ -o /root/allowlist.txt -h sha256sum\n');
  const copied = target.onHost(
    'export IMAGE_NAME=$work/out; $staging/cleanup.d/98-copy-allowlist; cat $work/out-allowlist.txt; sha256sum -c $work/out-checksum.txt 2>&1 | head -n 0; ls $work',
  );
  assert.match(copied.stdout, /^\/ -o \/root\/allowlist\.txt -h sha256sum\n[\s\S]*out-checksum\.txt\n/);
});

test('rax-nova-agent asks for the places of its archives, and installs by distribution', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['rax-nova-agent'] });
  assert.deepEqual(ended(target.inTarget('. /tmp/in_target.d/environment.d/20-rax-nova-agent')), {
    status: 1,
    stderr: 'rax-nova-agent: set DIB_REPOLOCATION_xen_tools: the host that had it is gone\n',
  });
  target.write('tmp/nova-agent/installer.sh', 'echo installer >>/calls\n');
  for (const program of ['chkconfig', 'systemctl']) target.write(`stub/${program}`, recorder, 0o755);
  const install = (distribution: string) =>
    ended(target.inTarget('/tmp/in_target.d/install.d/10-nova-agent', { ...stubs, DISTRO_NAME: distribution }));
  assert.deepEqual(install('debian'), fine);
  assert.match(target.read('etc/init/nova-agent.conf') ?? '', /starting cloud-init-local/);
  assert.deepEqual(install('centos'), fine);
  assert.match(target.read('usr/lib/systemd/system/nova-agent.service') ?? '', /^Before=cloud-init-local\.service$/m);
  assert.deepEqual(install('gentoo'), { status: 1, stderr: 'rax-nova-agent: "gentoo" is not supported\n' });
});

test('ilo unpacks each package, and the firmware goes into the ramdisk', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['ilo'] });
  const unpack = '$staging/extra-data.d/50-ilo-firmware';
  assert.deepEqual(ended(target.onHost(unpack)), {
    status: 0,
    stderr: 'ilo: DIB_ILO_FIRMWARE_PATH is not set; no firmware is included\n',
  });
  assert.equal(target.onHost(unpack, { DIB_ILO_FIRMWARE_PATH: '/nowhere' }).status, 1);
  const given = `mkdir -p "$work/fw/a b"; printf 'echo unpacked >"\${1#--unpack=}/flash_ilo4"\\n' >"$work/fw/a b/one.scexe"
export DIB_ILO_FIRMWARE_PATH=$work/fw; ${unpack}`;
  assert.deepEqual(ended(target.onHost(given)), fine);
  assert.equal(target.read('tmp/ilo/one.scexe/flash_ilo4'), 'unpacked\n');
  const moved = target.inTarget(
    'mkdir /ramdisk; /tmp/in_target.d/ramdisk-install.d/50-ilo-firmware; cd /ramdisk; find . -type f',
    {
      TMP_MOUNT_PATH: '/ramdisk',
    },
  );
  assert.deepEqual(moved, { status: 0, stdout: './ilo/one.scexe/flash_ilo4\n', stderr: '' });
});

test('tpm-emulator builds the emulator, has abrmd use it and starts it at boot', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['tpm-emulator'], environment: { DIB_INIT_SYSTEM: 'systemd' } });
  for (const program of ['systemctl', 'make']) target.write(`stub/${program}`, recorder, 0o755);
  target.write('opt/keylime/bin/pip', recorder, 0o755);
  target.write('tmp/ibmtpm/src/tpm_server', 'built\n');
  const install = (init: string) =>
    ended(
      target.inTarget(
        'rm -rf /tree; cp -r /tmp/in_target.d /tree; ln -s tpm-emulator-source-install/78-tpm-emulator-install /tree/install.d/; /tree/install.d/78-tpm-emulator-install && /tree/post-install.d/89-tpm-emulator',
        { ...stubs, DIB_INIT_SYSTEM: init },
      ),
    );
  assert.deepEqual(install('systemd'), fine);
  assert.equal(
    target.read('calls'),
    'make -C /tmp/ibmtpm/src\npip install pip>=19.1.1\npip install -r /tmp/keylime/requirements.txt\n' +
      'pip install /tmp/keylime dataclasses\n' +
      'systemctl enable tpm_server.service tpm2-abrmd.service keylime-ima-emulator.service\n',
  );
  const modes = target.inTarget(
    "stat -c '%n %a' /usr/local/bin/tpm_server /usr/local/bin/init_tpm_server /usr/lib/systemd/system/tpm_server.service /etc/systemd/system/tpm2-abrmd.service.d/*",
  );
  assert.deepEqual(modes.stdout.split('\n').filter(Boolean), [
    '/usr/local/bin/tpm_server 755',
    '/usr/local/bin/init_tpm_server 755',
    '/usr/lib/systemd/system/tpm_server.service 644',
    '/etc/systemd/system/tpm2-abrmd.service.d/10-tcti-emulator.conf 644',
    '/etc/systemd/system/tpm2-abrmd.service.d/20-remove-conditionpathexistsglob.conf 644',
  ]);
  assert.match(target.read('usr/lib/systemd/system/keylime-ima-emulator.service') ?? '', /^RestartSec=30s$/m);
  assert.deepEqual(install('sysv'), {
    status: 1,
    stderr: 'tpm-emulator: the init system "sysv" is not supported (systemd)\n',
  });
});

test('oat-client installs its programs, and its repository is one that dnf can read', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['oat-client', 'package-installs', 'pkg-map', 'install-bin'],
    environment: { DISTRO_NAME: 'fedora', DIB_RELEASE: '40' },
  });
  for (const hook of ['10-create-pkg-map-dir', '99-squash-package-install']) {
    assert.deepEqual(ended(target.onHost(`"$staging/extra-data.d/${hook}"`)), fine, hook);
  }
  target.inTarget('/tmp/in_target.d/pre-install.d/01-install-bin');
  target.write('usr/local/bin/install-packages', recorder, 0o755);
  assert.equal(target.inTarget('/tmp/in_target.d/install.d/01-package-installs').status, 0);
  assert.match(target.read('calls') ?? '', /^install-packages .*oat-client oat-commandtool/m);
  const parsed = target.onHost(
    `python3 -c 'import configparser, sys; c = configparser.ConfigParser(interpolation=None); c.read(sys.argv[1]); print(*c.sections(), *c["oat"])' "$staging/yum.repos.d/fedora-oat.repo"`,
  );
  assert.equal(parsed.stdout, 'oat name baseurl enabled skip_if_unavailable gpgcheck\n');
});
