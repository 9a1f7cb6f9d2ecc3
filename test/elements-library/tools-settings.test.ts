import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTarget, whyNoTarget } from './target-fixture.js';

test('the builder’s keys are added once, for whom they are meant', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['local-config'] });
  const home = join(target.staging, '..', 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  writeFileSync(join(home, '.ssh/authorized_keys'), 'ssh-ed25519 AAAA one\n\nssh-rsa BBBB two');
  assert.equal(target.onHost('"$staging/extra-data.d/62-ssh-key"', { HOME: home }).status, 0);
  target.write('root/.ssh/authorized_keys', 'ssh-ed25519 AAAA one\n');
  const hook = '. /tmp/in_target.d/environment.d/62-ssh-key; /tmp/in_target.d/install.d/62-ssh-key';
  const result = target.inTarget(
    `${hook}; ${hook}; cat /root/.ssh/authorized_keys; stat -c "%a %U" /root/.ssh /root/.ssh/*`,
  );
  assert.deepEqual(
    [result.stdout, result.stderr],
    ['ssh-ed25519 AAAA one\nssh-rsa BBBB two\n700 root\n600 root\n', ''],
  );
  const other = target.inTarget(
    `useradd --create-home --shell /bin/sh devel; ${hook}; stat -c "%a %U" /home/devel/.ssh /home/devel/.ssh/*`,
    { DIB_LOCAL_CONFIG_USERNAME: 'devel' },
  );
  assert.equal(other.stdout, '700 devel\n600 devel\n');
});

test('proxies are written for the package managers that are there, and nothing without a proxy', {
  skip: whyNoTarget,
}, (t) => {
  const target = openTarget(t, { builtin: ['local-config'] });
  const hook = '/tmp/in_target.d/pre-install.d/02-proxy-settings';
  assert.equal(target.inTarget(`${hook}; ls /etc/apt/apt.conf.d | grep 02-`).stdout, '');
  target.write('etc/dnf/dnf.conf', '[main]\ngpgcheck=1\n');
  target.write('etc/sysconfig/proxy', 'PROXY_ENABLED="no"\nFTP_PROXY=""\n');
  const environment = { http_proxy: 'http://proxy:3128', https_proxy: 'http://proxy:3129', no_proxy: 'a.example, b' };
  const result = target.inTarget(
    `ln -s dnf/dnf.conf /etc/yum.conf; mkdir /etc/zypp /home/stack; ${hook}; ${hook}; cd /etc; readlink yum.conf
    cat apt/apt.conf.d/02-*proxy dnf/dnf.conf sysconfig/proxy; sort -u /home/stack/.profile`,
    environment,
  );
  assert.equal(result.stderr, '');
  assert.equal(
    result.stdout,
    `dnf/dnf.conf
Acquire::http::Proxy::a.example "DIRECT";
Acquire::http::Proxy::b "DIRECT";
Acquire::http::Proxy::192.0.2.1 "DIRECT";
Acquire::http::Proxy "http://proxy:3128";
Acquire::https::Proxy "http://proxy:3129";
[main]
proxy=http://proxy:3128
gpgcheck=1
FTP_PROXY=""
PROXY_ENABLED="yes"
HTTP_PROXY="http://proxy:3128"
HTTPS_PROXY="http://proxy:3129"
NO_PROXY="localhost, 127.0.0.1, a.example, b, 192.0.2.1"
export http_proxy=http://proxy:3128
export https_proxy=http://proxy:3129
export no_proxy=a.example,b,192.0.2.1
`,
  );
});

test('pip’s indexes are set for the build and then as they were', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['pypi'] });
  target.write('root/.pip/pip.conf', 'mine\n');
  const configure = '/tmp/in_target.d/pre-install.d/04-configure-pypi-mirror';
  const restore = '/tmp/in_target.d/post-install.d/00-unconfigure-pypi-mirror';
  const result = target.inTarget(`${configure} && cat /root/.pip/pip.conf && ${restore} && cat /root/.pip/*`, {
    DIB_PYPI_MIRROR_URL: 'http://me:pw@mirror:8080/simple',
    DIB_PYPI_MIRROR_URL_1: 'https://second/simple',
    DIB_PYPI_MIRROR_URL_2: 'http://[::1]:80/simple',
    DIB_PIP_RETRIES: '2',
  });
  assert.equal(
    result.stdout,
    `[global]
log = /root/pip.log
index-url = http://me:pw@mirror:8080/simple
retries = 2
trusted-host =
    mirror
    [::1]
extra-index-url =
    https://second/simple
    http://[::1]:80/simple
    https://pypi.org/simple
mine
`,
  );
  const offline = target.inTarget(
    `rm -r /root/.pip; mkdir /tmp/pypi; ${configure} && cat /root/.pip/pip.conf; ${restore}; ls -d /root/.pip`,
    { DIB_OFFLINE: '1' },
  );
  assert.equal(offline.stdout, '[global]\nlog = /root/pip.log\nindex-url = file:///tmp/pypi\n');
});

test('the mirror of the cache is shown read-only', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['pypi'] });
  const result = target.onHost(
    `mkdir -p "$work/cache/pypi/mirror/simple"; "$staging/extra-data.d/00-mount-pypi-mirror"
    ls "$mount/tmp/pypi"; touch "$mount/tmp/pypi/x" 2>/dev/null || echo refused`,
    { DIB_IMAGE_CACHE: join(target.staging, '../cache') },
  );
  assert.equal(result.stdout, 'simple\nrefused\n');
});

test('pip and virtualenv come from packages, and are named once dib-python is there', { skip: whyNoTarget }, (t) => {
  const target = openTarget(t, { builtin: ['pip-and-virtualenv'] });
  const line =
    '. /tmp/in_target.d/environment.d/51-pip-and-virutalenv-default.bash; echo "$DIB_INSTALLTYPE_pip_and_virtualenv ${DIB_PYTHON_PIP-none} ${DIB_PYTHON_VIRTUALENV-none} $DIB_GET_PIP_URL"';
  const url = 'https://bootstrap.pypa.io/get-pip.py';
  assert.equal(target.inTarget(line).stdout, `package none none ${url}\n`);
  const python = target
    .inTarget('ln -s /usr/bin/python3 /usr/local/bin/dib-python; readlink -f /usr/bin/python3')
    .stdout.trim();
  assert.equal(target.inTarget(line).stdout, `package ${python} -m pip ${python} -m venv ${url}\n`);
  assert.equal(
    target.inTarget(line, { DIB_PYTHON_VERSION: '2', DIB_INSTALLTYPE_pip_and_virtualenv: 'source' }).stdout,
    `source ${python} -m pip ${python} -m virtualenv https://bootstrap.pypa.io/pip/2.7/get-pip.py\n`,
  );
  const refused = target.inTarget(line, { DISTRO_NAME: 'centos', DIB_INSTALLTYPE_pip_and_virtualenv: 'source' });
  assert.deepEqual(
    [refused.status, refused.stderr],
    [1, 'pip and virtualenv cannot be installed from source on centos: unset DIB_INSTALLTYPE_pip_and_virtualenv\n'],
  );
});
