import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTarget, type RunResult, type TestTarget, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const fine = { status: 0, stderr: '' };
const stubs = { PATH: '/stub:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
/** Writes down its name and its arguments in /calls. */
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';

function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

/** Runs a fragment of a ramdisk's init as its first process would, troubleshooting refused. */
function runFragment(target: TestTarget, fragment: string, before = ''): { said: string; calls: string } {
  target.write('calls', '');
  const { stdout } = target.inTarget(
    `exec 2>&1; source /tmp/in_target.d/extra-data.d/scripts/d/init-func
troubleshoot() { echo troubleshoot; }
sleep() { :; }
${before}
source /tmp/in_target.d/init.d/${fragment}
echo "first: \${FIRST_ERR_MSG:-}"`,
    stubs,
  );
  return { said: stdout, calls: target.read('calls') ?? '' };
}

const deployment = `BOOT_SERVER=192.0.2.1 BOOT_IP_ADDRESS=192.0.2.5 DISK=sdx,vdy DEPLOYMENT_ID=7 DEPLOYMENT_KEY='k&1' ISCSI_TARGET_IQN=iqn.a:7
find_disk() { echo /dev/vdy; }
start_iscsi_target() { echo "start $*" >>/calls; }
stop_iscsi_target() { echo stop >>/calls; }`;

test('deploy-baremetal exports the disk, reports, waits and ends the export', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['deploy-baremetal', 'ramdisk-base'] });
  for (const name of ['wget', 'nc']) target.write(`stub/${name}`, recorder, 0o755);
  const { said, calls } = runFragment(target, '80-deploy', deployment);
  assert.equal(
    calls,
    'start iqn.a:7 /dev/vdy ALL\n' +
      'wget -q -O /dev/null --post-data i=7&k=k%261&a=192.0.2.5&n=iqn.a%3A7&e= http://192.0.2.1:10000\n' +
      'nc -l -p 10000\nstop\n',
  );
  assert.equal(
    said,
    'Ramdisk: disk /dev/vdy\nRamdisk: exported /dev/vdy as iqn.a:7\nRamdisk: telling http://192.0.2.1:10000\n' +
      'Ramdisk: waiting for a connection to port 10000, which ends the deployment\nRamdisk: the deployment has ended\nfirst: \n',
  );
});

test('deploy-baremetal tells the first fault and goes on', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['deploy-baremetal', 'ramdisk-base'] });
  target.write('stub/nc', recorder, 0o755);
  target.write('stub/wget', `${recorder}false\n`, 0o755);
  const { said, calls } = runFragment(target, '80-deploy', `${deployment}\nfind_disk() { return 1; }`);
  assert.match(
    calls,
    /&e=None%20of%20the%20disks%20%22sdx%2Cvdy%22%20%28kernel%20parameter%20disk%29%20was%20found http/,
  );
  assert.deepEqual(said.match(/^(ERROR: .*|troubleshoot)$/gm), [
    'ERROR: None of the disks "sdx,vdy" (kernel parameter disk) was found',
    'troubleshoot',
    'ERROR: The disk none cannot be exported by iSCSI',
    'troubleshoot',
    'ERROR: The server http://192.0.2.1:10000 did not take the report',
    'troubleshoot',
  ]);
  assert.match(said, /Ramdisk: the deployment has ended\n/);
});

test('deploy-tgtadm waits until tgtd answers, and says why it does not', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['deploy-tgtadm', 'ramdisk-base'] });
  target.write('stub/tgtd', recorder, 0o755);
  target.write('stub/killall', recorder, 0o755);
  // Answers from its third call on, as a daemon that is starting.
  target.write('stub/tgtadm', `${recorder}[ "$(grep -c '^tgtadm' /calls)" -ge 3 ]\n`, 0o755);
  const start = 'source /tmp/in_target.d/extra-data.d/scripts/iscsi-func; sleep() { :; }; echo log >/initlog';
  target.write('tmp/nothing', '');
  const run = (line: string) => {
    target.write('calls', '');
    const { stdout } = target.inTarget(
      `exec 2>&1; source /tmp/in_target.d/extra-data.d/scripts/d/init-func; ${start}\n${line}; echo $?`,
      stubs,
    );
    return { said: stdout, calls: (target.read('calls') ?? '').split('\n').filter(Boolean) };
  };
  assert.deepEqual(run('start_iscsi_target iqn.a:7 /dev/vda ALL').calls, [
    'tgtd ',
    ...Array.from({ length: 3 }, () => 'tgtadm --lld iscsi --mode target --op show'),
    'tgtadm --lld iscsi --mode target --op new --tid 1 --targetname iqn.a:7',
    'tgtadm --lld iscsi --mode logicalunit --op new --tid 1 --lun 1 --backing-store /dev/vda',
    'tgtadm --lld iscsi --mode target --op bind --tid 1 --initiator-address ALL',
  ]);
  assert.deepEqual(run('stop_iscsi_target').calls.at(-1), 'killall tgtd');
  target.write('stub/tgtadm', '#!/bin/bash\necho "tgtadm: no daemon" >&2\nexit 1\n', 0o755);
  assert.equal(
    run('start_iscsi_target iqn.a:7 /dev/vda').said,
    'tgtd does not answer; the last that the log says:\nlog\ntgtadm: no daemon\n1\n',
  );
});

test('deploy-kexec starts what the server’s configuration names', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['deploy-kexec', 'ramdisk-base'] });
  target.write(
    'stub/busybox',
    `${recorder}while [ "$1" != -l ]; do shift; done
printf 'default deploy\\nappend initrd=x BOOT_IMAGE=/tftpboot/deploy_kernel.1 root=LABEL=a ro\\n' >"$2"\n`,
    0o755,
  );
  target.write('stub/kexec', recorder, 0o755);
  const variables = 'BOOT_SERVER=192.0.2.1 BOOT_MAC_ADDRESS=52:54:00:AB:CD:EF';
  const { said, calls } = runFragment(target, '81-deploy-kexec', variables);
  assert.equal(
    calls,
    [
      'busybox tftp -g -r /tftpboot/pxelinux.cfg/01-52-54-00-ab-cd-ef -l /tmp/pxe-configuration 192.0.2.1',
      'busybox tftp -g -r /tftpboot/kernel.1 -l /tmp/kexec-kernel 192.0.2.1',
      'busybox tftp -g -r /tftpboot/ramdisk.1 -l /tmp/kexec-ramdisk 192.0.2.1',
      'kexec -l /tmp/kexec-kernel --append=BOOT_IMAGE=/tftpboot/deploy_kernel.1 root=LABEL=a ro --initrd=/tmp/kexec-ramdisk',
      'kexec -e',
      '',
    ].join('\n'),
  );
  assert.equal(said, 'Ramdisk: starting the kernel /tftpboot/kernel.1\nfirst: \n');
  target.write('stub/busybox', '#!/bin/bash\nexit 1\n', 0o755);
  assert.equal(
    runFragment(target, '81-deploy-kexec', variables).said,
    'ERROR: The deployed kernel cannot be started\ntroubleshoot\nfirst: The%20deployed%20kernel%20cannot%20be%20started\n',
  );
});

test('hwburnin tests the memory and tells what it found', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['hwburnin', 'ramdisk-base'] });
  target.write('stub/memtester', recorder, 0o755);
  assert.deepEqual(runFragment(target, '70-hwburnin'), {
    said: 'Ramdisk: testing 1 GiB of memory, ten times\nfirst: \n',
    calls: 'memtester 1G 10\n',
  });
  target.write('stub/memtester', '#!/bin/bash\nexit 4\n', 0o755);
  assert.match(runFragment(target, '70-hwburnin').said, /\nERROR: The memory test has found faults\ntroubleshoot\n/);
});

test('a ramdisk build spares itself the initramfs, unless baremetal delivers it', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['ramdisk-base'] });
  const pending = (environment: Readonly<Record<string, string>>) => {
    target.write('var/lib/dib-initramfs-pending', 'c 6.1\n');
    assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/post-install.d/00-skip-initramfs', environment)), fine);
    return target.inTarget('cat /var/lib/dib-initramfs-pending').stdout;
  };
  assert.equal(pending({ IMAGE_ELEMENT: 'base ramdisk deploy-baremetal' }), '');
  assert.equal(pending({ IMAGE_ELEMENT: 'base ramdisk baremetal' }), 'c 6.1\n');
  assert.equal(pending({ IMAGE_ELEMENT: 'base ramdisk', DIB_RAMDISK_KEEP_INITRAMFS: '1' }), 'c 6.1\n');
});

test('dracut completes ip= and wants no root file system', { skip }, (t) => {
  const target = openTarget(t, {
    builtin: ['dracut-ramdisk'],
    elements: { mine: { 'dracut-drivers.d/mine': 'a\nb  c\n' } },
  });
  target.write('cmdline', 'quiet ip=192.0.2.5:192.0.2.1:192.0.2.254:255.255.255.0 BOOTIF=01-x ip=dhcp\n');
  // The kernel's own command line stays as it is here: the mounts are stood in for.
  const line = `mount() { echo "mount $*"; }; cat() { command cat /cmdline; }
. /tmp/in_target.d/extra-data.d/scripts/module/deploy-cmdline.sh; unset -f cat; echo "$root $rootok"; cat /run/dib-cmdline`;
  const { stdout } = target.inTarget(`dash -c '${line}'`);
  assert.equal(
    stdout,
    'mount --bind /run/dib-cmdline /proc/cmdline\nmount -o remount,bind,ro /proc/cmdline\n/dev/zero 1\n' +
      'quiet ip=192.0.2.5:192.0.2.1:192.0.2.254:255.255.255.0:::off BOOTIF=01-x ip=dhcp\n',
  );
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/post-install.d/01-ensure-drivers')), fine);
  assert.equal(target.read('etc/dib_dracut_drivers'), 'virtio virtio_net virtio_blk virtio_pci a b c\n');
});

test('deploy-targetcli exports by the library of targetcli, and takes any name of a target', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['deploy-targetcli', 'ramdisk-base'] });
  // What the wrapper uses of the library: every object writes down how it was made.
  target.write(
    'fake/rtslib_fb/__init__.py',
    `class fabric:
    class ISCSIFabricModule:
        def __init__(self):
            self.wwn_types = ("iqn", "naa", "eui")

class Made:
    def __init__(self, *words, **named):
        shown = [str(word) for word in words] + ["%s=%s" % pair for pair in sorted(named.items())]
        print(type(self).__name__, *shown)
    def __str__(self):
        return "<" + type(self).__name__ + ">"
    def __setattr__(self, name, value):
        print(type(self).__name__, name, value)
    def set_attribute(self, name, value):
        print(type(self).__name__, "attribute", name, value)
    def clear_existing(self, confirm):
        print("cleared", confirm)

class BlockStorageObject(Made): pass
class FabricModule(Made): pass
class LUN(Made): pass
class NetworkPortal(Made): pass
class RTSRoot(Made): pass
class Target(Made): pass
class TPG(Made): pass
`,
  );
  target.write(
    'usr/bin/targetcli',
    '#!/usr/bin/python3\nimport sys\ndef main():\n    from rtslib_fb import fabric\n    print(*sys.argv[1:], fabric.ISCSIFabricModule().wwn_types)\n    return 3\n',
    0o755,
  );
  const run = (words: string) => {
    const wrapper = '/tmp/in_target.d/extra-data.d/module/targetcli-wrapper';
    return target.inTarget(`/usr/bin/python3 -B ${wrapper} ${words}`, { PYTHONPATH: '/fake' });
  };
  assert.deepEqual(run('--export iqn.a:7 /dev/vda 192.0.2.5'), {
    status: 0,
    stdout: [
      'BlockStorageObject block1 dev=/dev/vda',
      'FabricModule iscsi',
      'Target <FabricModule> iqn.a:7 mode=create',
      'TPG <Target> 1 mode=create',
      'LUN <TPG> 1 <BlockStorageObject>',
      'NetworkPortal <TPG> 192.0.2.5 3260 mode=create',
      'TPG attribute authentication 0',
      'TPG attribute demo_mode_write_protect 0',
      'TPG attribute generate_node_acls 1',
      'TPG enable True',
      '',
    ].join('\n'),
    stderr: '',
  });
  assert.equal(run('--clear').stdout, 'RTSRoot\ncleared True\n');
  assert.deepEqual(run('ls /iscsi'), { status: 3, stdout: "ls /iscsi ('free',)\n", stderr: '' });
});
