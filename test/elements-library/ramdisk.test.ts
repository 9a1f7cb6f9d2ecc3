import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory, libDirectory } from '../../src/base/assets.js';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const functions = join(builtinElementsDirectory, 'ramdisk-base/extra-data.d/scripts/d/init-func');
const fine = { status: 0, stderr: '' };

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

/** Runs a line of a ramdisk's init, with its functions, and gives what it prints. */
function inRamdisk(line: string): string {
  const result = spawnSync('bash', ['-c', `source ${functions}\n${line}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return `${result.stdout}${result.stderr}`;
}

/** Variables that the fragments set for a kernel command line. */
function variablesOf(t: TestContext, commandLine: string, names: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'dib-ramdisk-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'cmdline'), `${commandLine}\n`);
  const source = readFileSync(join(builtinElementsDirectory, 'ramdisk-base/init.d/20-init-variables'), 'utf8');
  writeFileSync(join(directory, 'init'), source);
  const said = inRamdisk(
    [
      `eval "$(declare -f find_parameter_from_file | sed s#find_parameter_from_file#parameter_of#)"`,
      `find_parameter_from_file() { parameter_of "$1" ${directory}/cmdline; }`,
      `source ${directory}/init`,
      ...names.map((name) => `echo "$${name}"`),
    ].join('\n'),
  );
  return said.split('\n').slice(0, -1);
}

test('kernel parameters are found whole, the last one counts', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-ramdisk-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'parameters');
  writeFileSync(file, 'ro disk=sda quiet\nxdisk=no bare url=a=b disk=vda,sda\n');
  assert.equal(inRamdisk(`find_parameter_from_file disk ${file}; echo $?`), 'vda,sda\n0\n');
  assert.equal(inRamdisk(`find_parameter_from_file url ${file}; echo $?`), 'a=b\n0\n');
  assert.equal(inRamdisk(`find_parameter_from_file bare ${file}; echo $?`), '\n0\n');
  assert.equal(inRamdisk(`find_parameter_from_file sk ${file}; echo $?`), '\n1\n');
});

test('disks and partitions of every kind have their names', () => {
  const whole = (device: string) => inRamdisk(`whole_disk_name ${device} || echo unknown`);
  assert.deepEqual(
    ['sda1', '/dev/vdb', 'xvda12', 'cciss/c0d0p2', '/dev/nvme0n1p3', 'mmcblk1p1', 'mmcblk1', 'dm-0'].map(whole),
    ['sda\n', '/dev/vdb\n', 'xvda\n', 'cciss/c0d0\n', '/dev/nvme0n1\n', 'mmcblk1\n', 'mmcblk1\n', '\nunknown\n'],
  );
  const part = (device: string) => inRamdisk(`partition_name ${device} 2 || echo unknown`);
  assert.deepEqual(['sda', '/dev/nvme0n1', 'mmcblk0', 'cciss/c0d0', 'sda1'].map(part), [
    'sda2\n',
    '/dev/nvme0n1p2\n',
    'mmcblk0p2\n',
    'cciss/c0d0p2\n',
    '\nunknown\n',
  ]);
});

test('the first error is kept, encoded for a form', () => {
  assert.equal(
    inRamdisk('err_msg "no disk: a&b=ü"; err_msg second; echo "$FIRST_ERR_MSG"'),
    'no%20disk%3A%20a%26b%3D%C3%BC\nERROR: no disk: a&b=ü\nERROR: second\n',
  );
  assert.equal(
    inRamdisk('tries=0; try() { tries=$((tries+1)); [ $tries = 3 ]; }; wait_for 5 0 try; echo $tries'),
    '3\n',
  );
  assert.equal(inRamdisk('wait_for 2 0 false || echo gave up'), 'gave up\n');
});

test('the command line says which interface, server and disk', (t) => {
  const names = ['BOOT_MAC_ADDRESS', 'BOOT_SERVER', 'BOOT_IP_ADDRESS', 'BOOT_GATEWAY', 'BOOT_NETMASK', 'DISK'];
  assert.deepEqual(
    variablesOf(t, 'BOOTIF=01-52-54-00-ab-cd-ef ip=192.0.2.5:192.0.2.1:192.0.2.254:255.255.255.0 disk=sda', names),
    ['52:54:00:AB:CD:EF', '192.0.2.1', '192.0.2.5', '192.0.2.254', '255.255.255.0', 'sda'],
  );
  assert.deepEqual(variablesOf(t, 'ip=dhcp boot_server=10.0.2.2 troubleshoot', [...names, 'TROUBLESHOOT']), [
    '',
    '10.0.2.2',
    '',
    '',
    '',
    '',
    '1',
  ]);
});

test('what is missing for the ramdisk is named, all of it', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['ramdisk-base'],
    elements: { one: { 'binary-deps.d/one': 'bash  no-such-a\n' }, two: { 'binary-deps.d/two': 'cat\nno-such-b\n' } },
  });
  const check = '/tmp/in_target.d/post-install.d/01-ensure-binaries';
  assert.deepEqual(ended(target.inTarget(check)), {
    status: 1,
    stderr:
      'The ramdisk needs the program no-such-a (binary-deps.d/one), which the image does not have\n' +
      'The ramdisk needs the program no-such-b (binary-deps.d/two), which the image does not have\n',
  });
  for (const name of ['no-such-a', 'no-such-b']) target.write(`usr/local/bin/${name}`, '', 0o755);
  assert.deepEqual(ended(target.inTarget(check)), fine);
  assert.equal(target.read('etc/dib_binary_deps'), ' bash no-such-a cat no-such-b\n');
});

test('the library and the scripts of all elements are put into the tree', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['ramdisk-base', 'deploy-tgtadm'] });
  for (const hook of ['01-inject-ramdisk-build-files', '50-inject-tgtadm-iscsi-func']) {
    assert.deepEqual(ended(target.onHost(`"$staging/extra-data.d/${hook}"`, { _LIB: libDirectory })), fine);
  }
  const { stdout } = target.inTarget('cd /tmp/ramdisk-build; find . -type f | LC_ALL=C sort');
  assert.deepEqual(stdout.split('\n').filter(Boolean), [
    './common-defaults',
    './common-functions',
    './dib-run-parts',
    './img-defaults',
    './img-functions',
    './ramdisk-defaults',
    './ramdisk-functions',
    './scripts/d/init-func',
    './scripts/d/iscsi-func',
    './scripts/init',
    './scripts/init-end',
    './scripts/iscsi-func',
  ]);
});

test('a ramdisk is packed from the tree: programs, libraries, modules, init in order, hooks', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['ramdisk-base', 'deploy-tgtadm', 'ramdisk'],
    elements: {
      mine: {
        'init.d/15-mine': 'echo mine\n',
        'udev.d/99-mine.rules': '# rule\n',
        'ramdisk-install.d/50-mine': '#!/bin/bash\nset -eu\necho "$SCRIPT_HOME" > "$TMP_MOUNT_PATH/mine"\n',
      },
    },
  });
  for (const name of ['busybox', 'cpio']) {
    if (target.inTarget(`type -P ${name}`).status === 0) continue;
    t.skip(`needs ${name}`);
    return;
  }
  // What this machine lacks of a machine that boots: any program with libraries will do.
  target.inTarget(`for name in lsmod modprobe udevadm wget reboot shutdown; do
  type -P "$name" || cp /bin/true "/usr/local/bin/$name"
done
mkdir -p /usr/lib/systemd /usr/lib/udev/rules.d
[ -e /usr/lib/systemd/systemd-udevd ] || cp /bin/true /usr/lib/systemd/systemd-udevd
[ -e /usr/lib/udev/rules.d/80-drivers.rules ] || touch /usr/lib/udev/rules.d/80-drivers.rules`);
  target.onHost(
    '"$staging/extra-data.d/01-inject-ramdisk-build-files"; "$staging/extra-data.d/50-inject-tgtadm-iscsi-func"',
    {
      _LIB: libDirectory,
    },
  );
  // 5.9 is older than 5.10, whatever their letters say.
  for (const version of ['5.9-x', '5.10-x']) {
    target.write(`boot/vmlinuz-${version}`, `kernel ${version}\n`, 0o600);
    target.write(`usr/lib/modules/${version}/kernel/drivers/net/a.ko.xz`, 'module\n');
    target.write(`usr/lib/modules/${version}/kernel/drivers/video/xfb.ko.xz`, 'frame buffer\n');
  }
  target.write('etc/dib_binary_deps', ' env bash\n');
  const build = target.inTarget(
    'rm -f /boot/*-amd64; mkdir -p /usr/lib/firmware; mount -t tmpfs tmpfs /usr/lib/firmware; /tmp/in_target.d/post-install.d/99-build-ramdisk',
    { DISTRO_NAME: 'debian', TMP_MOUNT_PATH: '/dib/build/mnt', TMP_HOOKS_PATH: '/dib/build/hooks' },
  );
  assert.equal(build.status, 0, `${build.stdout}${build.stderr}`);
  assert.equal(target.read('tmp/kernel'), 'kernel 5.10-x\n');
  const list = target.inTarget('gzip -dc /tmp/ramdisk | cpio -t --quiet').stdout.split('\n');
  for (const name of [
    'init',
    'init-func',
    'iscsi-func',
    'mine',
    'bin/busybox',
    'bin/bash',
    'bin/env',
    'bin/systemd-udevd',
    'bin/sh',
    'sbin',
    'usr/bin',
    'usr/lib',
    'lib/libc.so.6',
    'lib/libgcc_s.so.1',
    'lib/modules/5.10-x/kernel/drivers/net/a.ko.xz',
    'lib/udev/rules.d/60-persistent-storage.rules',
    'lib/udev/rules.d/80-drivers.rules',
    'lib/udev/rules.d/99-mine.rules',
  ]) {
    assert.ok(list.includes(name), `${name} is in the ramdisk`);
  }
  assert.ok(!list.some((name) => name.includes('xfb.ko') || name.includes('5.9-x')));
  const read = (name: string) => target.inTarget(`gzip -dc /tmp/ramdisk | cpio -i --quiet --to-stdout ${name}`).stdout;
  assert.equal(read('mine'), '/tmp/in_target.d/bin\n');
  assert.deepEqual(read('init').match(/^# from .*$/gm), [
    '# from 10-start-base-system',
    '# from 15-mine',
    '# from 20-init-variables',
    '# from 30-start-network',
    '# from 40-check-network-ready',
  ]);
  assert.equal(target.inTarget('ls -d /tmp/dib_* 2>/dev/null').stdout, '', 'nothing of the work is left');
});

test('every init fragment of the library is bash that parses', () => {
  for (const element of readdirSync(builtinElementsDirectory)) {
    let names: readonly string[] = [];
    try {
      names = readdirSync(join(builtinElementsDirectory, element, 'init.d'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    for (const name of names) {
      const path = join(builtinElementsDirectory, element, 'init.d', name);
      const { status, stderr } = spawnSync('bash', ['-n', path], { encoding: 'utf8' });
      assert.deepEqual({ status, stderr }, fine, path);
    }
  }
});

test('ramdisk and kernel are taken out of the tree, and nothing is written where there is none', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['ramdisk-base'] });
  const extract = '"$staging/cleanup.d/99-extract-ramdisk-files"';
  assert.deepEqual(ended(target.onHost(`IMAGE_NAME=$work/out ${extract}`)), {
    status: 1,
    stderr: 'no /tmp/ramdisk in the tree: no element made a ramdisk (ramdisk, dracut-ramdisk)\n',
  });
  target.write('tmp/ramdisk', 'ramdisk\n', 0o600);
  target.write('tmp/kernel', 'kernel\n', 0o600);
  const said = target.onHost(`IMAGE_NAME=$work/out ${extract}; cd $work; stat -c '%a' out.*; cat out.*; ls out*`);
  assert.equal(said.stdout, '644\n644\nramdisk\nkernel\nout.initramfs\nout.kernel\n');
});

test('the hardware is described in JSON that parses, with and without a vendor part', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['hwdiscovery', 'ramdisk-base'] });
  target.write('stub/lshw', "#!/bin/bash\nprintf '  *-disk\\n       size: 16GiB (17GB)\\n'\n", 0o755);
  target.write('stub/wget', '#!/bin/bash\nprintf "%s\\n" "$@" >/posted\n', 0o755);
  target.write('stub/sleep', '#!/bin/bash\n', 0o755);
  target.write('parameters', 'BOOTIF=01-52-54-00-12-34-56 HW_DISCOVERY_URL=http://127.0.0.1/x\n');
  const run = (vendor: string) => {
    target.inTarget(
      `PATH=/stub:$PATH; source /tmp/in_target.d/extra-data.d/scripts/d/init-func
get_kernel_parameter() { find_parameter_from_file "$1" /parameters; }
_vendor_hwdiscovery_data='${vendor}'; source /tmp/in_target.d/init.d/60-hwdiscovery`,
    );
    const form = new URLSearchParams((target.read('posted') ?? '').split('\n')[4]);
    assert.equal(form.get('hwdiscovery'), 'true');
    return JSON.parse(Buffer.from(form.get('hwdiscovery_data') ?? '', 'base64').toString()) as Record<string, unknown>;
  };
  const plain = run('');
  assert.equal(plain['pxe mac'], '52:54:00:12:34:56');
  assert.equal(plain['disk size'], '16GiB (17GB)');
  assert.match(String(plain['ram size']), /^\d+ bytes$/);
  assert.equal(run('"a" : "b", ').a, 'b');
});
