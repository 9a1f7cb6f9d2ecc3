import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const systemd = { DIB_INIT_SYSTEM: 'systemd' };

/** Writes down how it was called. */
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

const fine = { status: 0, stderr: '' };

/** An interface in a stand-in for sysfs. */
function addInterface(target: TestTarget, name: string, attributes: Readonly<Record<string, string>>): void {
  for (const [attribute, value] of Object.entries(attributes)) {
    target.write(`net/${name}/${attribute}`, `${value}\n`);
  }
}

const noDhcpHere = 'rm -rf /etc/NetworkManager /etc/dhcp /etc/network /etc/sysconfig /etc/redhat-release;';
const install = `${noDhcpHere} /tmp/in_target.d/install.d/50-dhcp-all-interfaces`;

test('dhcp-all-interfaces installs a unit for each interface that appears', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
  assert.deepEqual(ended(target.inTarget(install, { DIB_DHCP_TIMEOUT: '45' })), fine);
  const unit = target.read('usr/lib/systemd/system/dhcp-interface@.service') ?? '';
  assert.match(unit, /^TimeoutStartSec=90s$/m);
  assert.match(unit, /^ExecStart=\/sbin\/ifup %I$/m);
  assert.match(target.read('usr/local/sbin/dhcp-all-interfaces.sh') ?? '', /^timeout_s=45$/m);
  assert.match(target.read('etc/udev/rules.d/99-dhcp-all-interfaces.rules') ?? '', /dhcp-interface@\$name\.service/);
  assert.equal(target.read('etc/NetworkManager/conf.d/00-main.conf'), undefined);
  assert.deepEqual(ended(target.inTarget(install, { DIB_DHCP_TIMEOUT: 'soon' })), {
    status: 1,
    stderr: 'DIB_DHCP_TIMEOUT is "soon": it must be a number of seconds\n',
  });
  assert.deepEqual(ended(target.inTarget(install, { DIB_INIT_SYSTEM: 'runit' })), {
    status: 1,
    stderr: 'dhcp-all-interfaces: the init system "runit" is not supported\n',
  });
});

test('dhcp-all-interfaces leaves everything to NetworkManager when told, with the client of the release', {
  skip,
}, (t) => {
  const client = (release: string, extra: Readonly<Record<string, string>> = {}) => {
    const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
    target.write('etc/dhcp/dhclient.conf', '');
    const result = target.inTarget(
      `${noDhcpHere} mkdir /etc/NetworkManager; touch /etc/redhat-release; /tmp/in_target.d/install.d/50-dhcp-all-interfaces`,
      { DISTRO_NAME: 'centos', DIB_RELEASE: release, DIB_DHCP_NETWORK_MANAGER_AUTO: 'true', ...extra },
    );
    assert.deepEqual(ended(result), fine);
    assert.equal(target.read('usr/local/sbin/dhcp-all-interfaces.sh'), undefined);
    return /^dhcp=(.*)$/m.exec(target.read('etc/NetworkManager/conf.d/00-main.conf') ?? '')?.[1];
  };
  assert.deepEqual(
    ['7.9', '8-stream', '9-stream', '10-stream', '41'].map((release) => client(release)),
    ['dhclient', 'dhclient', 'internal', 'dhcpcd', 'internal'],
  );
  assert.equal(client('8', { DIB_DHCP_CLIENT: 'internal' }), 'internal');
});

test('dhcp-all-interfaces sets the time that dhclient waits, once', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
  target.write('etc/dhcp/dhclient.conf', 'send host-name = gethostname();\n#timeout 60;\nretry 60;\n');
  for (let time = 1; time <= 2; time += 1) {
    const run = target.inTarget('/tmp/in_target.d/install.d/50-dhcp-all-interfaces');
    assert.equal(run.status, 0, run.stderr);
  }
  const text = target.read('etc/dhcp/dhclient.conf') ?? '';
  assert.deepEqual(text.match(/^timeout .*$/gm), ['timeout 30;']);
  assert.match(text, /^#retry 60;$/m);
});

test('dhcp-all-interfaces and simple-init remove what the base image configured', { skip }, (t) => {
  for (const [element, hook] of [
    ['dhcp-all-interfaces', '60-remove-cloud-image-interfaces'],
    ['simple-init', '60-simple-init-remove-interfaces'],
  ] as const) {
    const target = openTarget(t, { builtin: [element] });
    for (const path of [
      'etc/network/interfaces',
      'etc/network/interfaces.d/eth0',
      'etc/sysconfig/network-scripts/ifcfg-eth0',
      'etc/sysconfig/network-scripts/ifcfg-lo',
      'etc/conf.d/net.eth0',
    ]) {
      target.write(path, 'old\n');
    }
    assert.deepEqual(ended(target.inTarget(`/tmp/in_target.d/install.d/${hook}`)), fine);
    assert.equal(
      target.read('etc/network/interfaces'),
      'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n',
    );
    assert.equal(
      target.inTarget('cd /etc; find network/interfaces.d sysconfig conf.d -type f 2>/dev/null').stdout,
      'sysconfig/network-scripts/ifcfg-lo\n',
    );
  }
});

test('at boot interfaces with hardware and a link are configured, others passed over', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
  target.inTarget(install, { DIB_DHCP_TIMEOUT: '1' });
  target.inTarget('sed -i s#/sys/class/net#/net# /usr/local/sbin/dhcp-all-interfaces.sh; mkdir -p /etc/network');
  target.write('etc/network/interfaces', 'auto lo\niface lo inet loopback\n');
  target.write('etc/machine-id', '00112233445566778899aabbccddeeff\n');
  target.write('stub/ifquery', '#!/bin/bash\ngrep "^iface $1 " /etc/network/interfaces\n', 0o755);
  target.write('stub/ip', recorder, 0o755);
  target.write('stub/sleep', '#!/bin/bash\n', 0o755);
  addInterface(target, 'eth0', { addr_assign_type: '0', carrier: '1' });
  addInterface(target, 'eth0.7', { addr_assign_type: '2', carrier: '1' });
  addInterface(target, 'eth1', { addr_assign_type: '0', carrier: '0' });
  addInterface(target, 'br0', { addr_assign_type: '3', carrier: '1' });
  const run = (interfaceName: string) =>
    target.inTarget(
      `PATH=/stub:$PATH; sed -i 's#^PATH=.*#PATH=/stub:/usr/bin:/bin#' /usr/local/sbin/dhcp-all-interfaces.sh; dhcp-all-interfaces.sh ${interfaceName}`,
    ).stdout;
  assert.equal(run('eth0'), 'dhcp-all-interfaces: eth0 is configured for DHCP (IPv6: none)\n');
  assert.equal(run('eth0'), 'dhcp-all-interfaces: eth0 is configured already\n');
  assert.equal(run('eth1'), 'dhcp-all-interfaces: eth1 has no link, skipping\n');
  assert.equal(run('br0'), 'dhcp-all-interfaces: br0 has a generated MAC, skipping\n');
  const wanted = (name: string) => target.inTarget(`dhcp-all-interfaces.sh --is-wanted ${name}`).status;
  assert.deepEqual([wanted('eth1'), wanted('eth0.7'), wanted('br0')], [0, 0, 1]);

  target.write(
    'stub/rdisc6',
    "#!/bin/bash\nprintf 'Stateful address conf.    :           No\\nStateful other conf.      :          Yes\\n'\n",
    0o755,
  );
  assert.equal(run('eth0.7'), 'dhcp-all-interfaces: eth0.7 is configured for DHCP (IPv6: stateless)\n');
  assert.equal(
    target.read('etc/network/interfaces'),
    'auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\nauto eth0.7\niface eth0.7 inet dhcp\niface eth0.7 inet6 auto\n\tdhcp 1\n',
  );
  assert.equal(
    target.read('var/lib/dhcp/dhclient6--eth0.7.lease'),
    'default-duid "\\000\\004\\000\\021\\042\\063\\104\\125\\146\\167\\210\\231\\252\\273\\314\\335\\356\\377";\n',
  );
});

test('at boot all interfaces together write whole stanzas', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
  target.inTarget(install, { DIB_DHCP_TIMEOUT: '1' });
  target.inTarget(
    "sed -i -e s#/sys/class/net#/net# -e 's#^PATH=.*#PATH=/stub:/usr/bin:/bin#' /usr/local/sbin/dhcp-all-interfaces.sh; mkdir -p /etc/network",
  );
  target.write('etc/network/interfaces', '');
  target.write('stub/ifquery', '#!/bin/bash\ngrep "^iface $1 " /etc/network/interfaces\n', 0o755);
  target.write('stub/ip', '#!/bin/bash\n', 0o755);
  const names = Array.from({ length: 12 }, (_, index) => `eth${index}`);
  for (const name of names) addInterface(target, name, { addr_assign_type: '0', carrier: '1' });
  assert.equal(target.inTarget('dhcp-all-interfaces.sh').status, 0);
  const stanzas = (target.read('etc/network/interfaces') ?? '').match(/auto (\w+)\niface \1 inet dhcp\n/g) ?? [];
  assert.equal(stanzas.length, names.length);
  assert.equal(stanzas.join(''), target.read('etc/network/interfaces'));
});

test('on Red Hat and SUSE the files say what the interface is', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dhcp-all-interfaces'], environment: systemd });
  target.inTarget(install, { DIB_DHCP_TIMEOUT: '1' });
  target.inTarget(
    "sed -i -e s#/sys/class/net#/net# -e 's#^PATH=.*#PATH=/stub:/usr/bin:/bin#' /usr/local/sbin/dhcp-all-interfaces.sh; mkdir -p /etc/sysconfig/network-scripts",
  );
  target.write('stub/ip', '#!/bin/bash\n', 0o755);
  target.write('stub/rdisc6', "#!/bin/bash\necho 'Stateful address conf. : Yes'\n", 0o755);
  addInterface(target, 'eth0', { addr_assign_type: '0', carrier: '1', type: '1' });
  addInterface(target, 'ib0', { addr_assign_type: '0', carrier: '1', type: '32' });
  addInterface(target, 'eth0.5', { addr_assign_type: '2', carrier: '1', type: '1' });
  assert.equal(target.inTarget('dhcp-all-interfaces.sh').status, 0);
  const read = (name: string) => target.read(`etc/sysconfig/network-scripts/ifcfg-${name}`);
  assert.equal(
    read('eth0'),
    'DEVICE="eth0"\nBOOTPROTO="dhcp"\nONBOOT="yes"\nTYPE="Ethernet"\nIPV6INIT="yes"\nIPV6_FORCE_ACCEPT_RA="yes"\nDHCPV6C="yes"\n',
  );
  assert.equal(read('eth0.5'), 'DEVICE="eth0.5"\nBOOTPROTO="dhcp"\nONBOOT="yes"\nVLAN=yes\n');
  assert.match(read('ib0') ?? '', /^TYPE="InfiniBand"\nCONNECTED_MODE="no"$/m);

  target.inTarget('rm -r /etc/sysconfig/network-scripts; mkdir /etc/sysconfig/network; dhcp-all-interfaces.sh eth0');
  assert.equal(target.read('etc/sysconfig/network/ifcfg-eth0'), "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n");
  assert.equal(target.inTarget('rm -r /etc/sysconfig; dhcp-all-interfaces.sh eth0').status, 1);
});

/** Builds wheels named glean and pbr with pip's own format: a zip of the package and its metadata. */
const makeWheels = `import os, zipfile
os.makedirs('/wheels')
for name, scripts in (('glean', ('glean', 'glean.sh', 'glean-install')), ('pbr', ())):
    info = name + '-1.0.dist-info/'
    with zipfile.ZipFile('/wheels/' + name + '-1.0-py3-none-any.whl', 'w') as wheel:
        wheel.writestr(name + '/__init__.py', '')
        for script in scripts:
            program = zipfile.ZipInfo(name + '-1.0.data/scripts/' + script)
            program.external_attr = 0o100755 << 16
            wheel.writestr(program, '#!/bin/sh\\necho "$(basename $0) $*" >>/calls\\n')
        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: ' + name + '\\nVersion: 1.0\\n')
        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr(info + 'RECORD', '')
`;

test('simple-init installs glean from an index into its own environment and sets it up', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['simple-init'], environment: systemd });
  if (target.inTarget('python3 -m venv --help >/dev/null && python3 -c "import ensurepip"').status !== 0) {
    t.skip('needs python3 with venv and ensurepip');
    return;
  }
  target.write('make-wheels.py', makeWheels);
  const made = target.inTarget('python3 /make-wheels.py');
  assert.equal(made.status, 0, made.stderr);
  const install = target.inTarget('/tmp/in_target.d/install.d/simple-init-source-install/40-glean', {
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: '/wheels',
    PIP_CONFIG_FILE: '/dev/null',
  });
  assert.equal(install.status, 0, install.stderr);
  const setUp = '/tmp/in_target.d/install.d/50-simple-init';
  target.write('etc/modules', 'loop\n');
  assert.deepEqual(ended(target.inTarget(setUp)), fine);
  const flags = { DIB_SIMPLE_INIT_NETWORKMANAGER: '1', DIB_SIMPLE_INIT_NO_DHCP_FALLBACK: '1' };
  assert.deepEqual(ended(target.inTarget(setUp, flags)), fine);
  assert.equal(target.read('calls'), 'glean-install \nglean-install --use-nm --no-dhcp-fallback\n');
  assert.equal(target.read('etc/modules'), 'loop\n8021q\n');
  assert.equal(target.inTarget('readlink /usr/local/bin/glean.sh').stdout, '/usr/glean/bin/glean.sh\n');
});

test('simple-init fetches the checkout of glean only to install from it', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['simple-init'] });
  const typeOf = (environment: Readonly<Record<string, string>>) =>
    target.inTarget(
      '. /tmp/in_target.d/environment.d/16-simple-init-glean-checkout; echo "$DIB_INSTALLTYPE_glean"',
      environment,
    ).stdout;
  assert.deepEqual(
    [
      typeOf({}),
      typeOf({ DIB_DEFAULT_INSTALLTYPE: 'package' }),
      typeOf({ DIB_DEFAULT_INSTALLTYPE: 'package', DIB_INSTALLTYPE_simple_init: 'repo' }),
    ],
    ['package\n', 'package\n', 'source\n'],
  );
  assert.deepEqual(
    ended(target.inTarget('rm -rf /tmp/glean.git; /tmp/in_target.d/install.d/simple-init-repo-install/40-glean')),
    {
      status: 1,
      stderr: 'simple-init: no checkout /tmp/glean.git: set DIB_INSTALLTYPE_glean=source or leave it unset\n',
    },
  );
});

test('simple-init uses NetworkManager where there is nothing else', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['simple-init'] });
  const run = (distribution: string, release: string, given = '') => {
    const { status, stdout, stderr } = target.inTarget(
      'set -eu; . /tmp/in_target.d/environment.d/15-simple-init-networkmanager; echo "$DIB_SIMPLE_INIT_NETWORKMANAGER"',
      { DISTRO_NAME: distribution, DIB_RELEASE: release, DIB_SIMPLE_INIT_NETWORKMANAGER: given },
    );
    return `${status} ${stdout}${stderr}`;
  };
  assert.deepEqual(
    [run('debian', 'trixie'), run('rocky', '9'), run('centos', '7', '0'), run('debian', 'trixie', '1')],
    ['0 0\n', '0 1\n', '0 0\n', '0 1\n'],
  );
  const refused = ' has no network scripts; DIB_SIMPLE_INIT_NETWORKMANAGER must not be 0\n';
  assert.equal(run('fedora', '40', '0'), `1 simple-init: fedora 40${refused}`);
  assert.equal(run('rocky', '10', '0'), `1 simple-init: rocky 10${refused}`);
});
