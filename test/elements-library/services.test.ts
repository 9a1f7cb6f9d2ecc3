import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTarget, type RunResult, whyNoTarget } from './target-fixture.js';

const skip = whyNoTarget;
const stubs = { PATH: '/stub:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Writes down how it was called. */
const recorder = '#!/bin/bash\necho "${0##*/} $*" >>/calls\n';

/** What a hook said beside its end; traces and standard output go to the failure message only. */
function ended(result: RunResult): { status: number | null; stderr: string } {
  return { status: result.status, stderr: result.stderr };
}

const fine = { status: 0, stderr: '' };

test('sysctl programs write the setting once, accept it again and refuse another value', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['sysctl'] });
  const run = (line: string) => {
    const { status, stdout, stderr } = target.inTarget(`cd /tmp/in_target.d/bin && ./${line}`);
    return { status, said: stdout + stderr };
  };
  assert.deepEqual(run('sysctl-write-value net.ipv4.ip_forward 1'), { status: 0, said: '' });
  assert.equal(
    target.read('etc/sysctl.d/net.ipv4.ip_forward.conf'),
    '# created by diskimage-builder\nnet.ipv4.ip_forward = 1\n',
  );
  assert.deepEqual(run('sysctl-write-value net.ipv4.ip_forward 1 again'), { status: 0, said: '' });
  // 1 is the beginning of 10, and not the same.
  assert.deepEqual(run('sysctl-write-value net.ipv4.ip_forward 10'), {
    status: 1,
    said: '/etc/sysctl.d/net.ipv4.ip_forward.conf sets net.ipv4.ip_forward already, to another value than 10:\nnet.ipv4.ip_forward = 1\n',
  });
  assert.deepEqual(run("sysctl-set-value net/ipv4/conf/eth0.100/rp_filter 0 'a VLAN'"), { status: 0, said: '' });
  assert.equal(
    target.read('etc/sysctl.d/net.ipv4.conf.eth0.100.rp_filter.conf'),
    '# a VLAN\nnet/ipv4/conf/eth0.100/rp_filter = 0\n',
  );
  assert.deepEqual(run("sysctl-set-value no.such.key_anywhere '4096 87380 6291456'"), { status: 0, said: '' });
  assert.deepEqual(run('sysctl-write-value ../escape 1'), { status: 1, said: 'Invalid sysctl key: ../escape\n' });
  assert.deepEqual(run('sysctl-set-value only.a.name'), {
    status: 1,
    said: 'Usage: sysctl-set-value NAME VALUE [COMMENT]\n',
  });
});

test('journal-to-console, selinux-permissive and disable-selinux write their settings', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['journal-to-console', 'selinux-permissive', 'disable-selinux'] });
  const hooks = '/tmp/in_target.d';
  assert.deepEqual(ended(target.inTarget(`${hooks}/post-install.d/30-journal-to-console`)), fine);
  assert.equal(target.read('etc/systemd/journald.conf.d/log-to-console.conf'), '[Journal]\nForwardToConsole=true\n');
  assert.deepEqual(target.inTarget(`rm -rf /etc/selinux; ${hooks}/post-install.d/15-disable-selinux`), {
    status: 0,
    stdout: 'disable-selinux: no /etc/selinux/config in the image; nothing to do\n',
    stderr: '',
  });
  assert.deepEqual(ended(target.inTarget(`${hooks}/pre-install.d/11-selinux-permissive`)), fine);
  assert.equal(target.read('etc/selinux/config'), 'SELINUX=permissive\nSELINUXTYPE=targeted\n');
  target.write('etc/selinux/config', '# of the distribution\nSELINUX=enforcing\nSELINUXTYPE=mls\nREQUIREUSERS=0\n');
  assert.deepEqual(ended(target.inTarget(`${hooks}/pre-install.d/11-selinux-permissive`)), fine);
  assert.equal(
    target.read('etc/selinux/config'),
    '# of the distribution\nSELINUX=permissive\nSELINUXTYPE=targeted\nREQUIREUSERS=0\n',
  );
  assert.deepEqual(ended(target.inTarget(`${hooks}/post-install.d/15-disable-selinux`)), fine);
  assert.match(target.read('etc/selinux/config') ?? '', /^SELINUX=disabled$/m);
});

test('fail2ban takes the configuration of the build host and is enabled', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['fail2ban'], environment: { DIB_INIT_SYSTEM: 'systemd' } });
  target.write('stub/systemctl', recorder, 0o755);
  const copy = '$staging/root.d/60-copy-fail2ban-config';
  assert.deepEqual(ended(target.onHost(copy)), fine);
  assert.deepEqual(ended(target.onHost(copy, { DIB_FAIL2BAN_CONF: '/nowhere/jail' })), {
    status: 1,
    stderr: 'DIB_FAIL2BAN_CONF: no file /nowhere/jail\n',
  });
  const given = 'echo "[sshd]" >"$work/jail"; export DIB_FAIL2BAN_CONF=$work/jail; ';
  for (let time = 1; time <= 2; time += 1) assert.deepEqual(ended(target.onHost(given + copy)), fine);
  assert.equal(target.read('etc/fail2ban/jail.local'), '[sshd]\n');

  const enable =
    'rm -f /usr/sbin/rsyslogd /usr/bin/syslogd; /tmp/in_target.d/post-install.d/80-enable-fail2ban-service';
  target.write('etc/fail2ban/jail.d/defaults-debian.conf', '[sshd]\nenabled = true\n');
  assert.deepEqual(ended(target.inTarget(enable, { ...stubs, DIB_FAIL2BAN_CONF: '/x' })), fine);
  assert.equal(target.read('etc/fail2ban/jail.d/sshd-journal.conf'), undefined);
  target.write('stub/rsyslogd', recorder, 0o755);
  assert.deepEqual(ended(target.inTarget(enable, stubs)), fine);
  assert.equal(target.read('etc/fail2ban/jail.d/sshd-journal.conf'), undefined);
  assert.deepEqual(ended(target.inTarget(`rm /stub/rsyslogd; ${enable}`, stubs)), fine);
  assert.equal(target.read('etc/fail2ban/jail.d/sshd-journal.conf'), '[sshd]\nbackend = systemd\n');
  assert.equal(target.read('calls'), 'systemctl enable fail2ban.service\n'.repeat(3));
  assert.deepEqual(ended(target.inTarget(enable, { ...stubs, DIB_INIT_SYSTEM: 'upstart' })), {
    status: 1,
    stderr: 'fail2ban: the init system "upstart" is not supported (systemd, openrc)\n',
  });
});

test('autoupdates copies one configuration and enables the service of each distribution', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['autoupdates'], environment: { DIB_INIT_SYSTEM: 'systemd' } });
  target.write('stub/systemctl', recorder, 0o755);
  const copy = '$staging/root.d/61-create-update-config';
  assert.deepEqual(ended(target.onHost(copy)), {
    status: 0,
    stderr:
      "WARNING: autoupdates: neither DIB_DEB_UPDATES_CONF nor DIB_YUM_UPDATES_CONF is set; the package's own settings hold\n",
  });
  assert.equal(target.onHost(copy, { DIB_DEB_UPDATES_CONF: '/a', DIB_YUM_UPDATES_CONF: '/b' }).status, 1);
  const given = 'echo settings >"$work/conf"; ';
  assert.deepEqual(ended(target.onHost(`${given}export DIB_DEB_UPDATES_CONF=$work/conf; ${copy}`)), fine);
  assert.equal(target.read('etc/apt/apt.conf.d/50unattended-upgrades'), 'settings\n');
  assert.deepEqual(ended(target.onHost(`${given}export DIB_YUM_UPDATES_CONF=$work/conf; ${copy}`)), fine);
  assert.equal(target.read('etc/dnf/automatic.conf'), 'settings\n');

  const enable = (distribution: string, init = 'systemd') =>
    ended(
      target.inTarget('/tmp/in_target.d/post-install.d/82-enable-autoupdate', {
        ...stubs,
        DISTRO_NAME: distribution,
        DIB_INIT_SYSTEM: init,
      }),
    );
  for (const distribution of ['debian', 'ubuntu', 'almalinux', 'fedora', 'rocky']) {
    assert.deepEqual(enable(distribution), fine, distribution);
  }
  assert.equal(
    target.read('calls'),
    'systemctl enable unattended-upgrades.service\n'.repeat(2) + 'systemctl enable dnf-automatic.timer\n'.repeat(3),
  );
  assert.match(target.read('etc/apt/apt.conf.d/20auto-upgrades') ?? '', /Unattended-Upgrade "1";/);
  assert.deepEqual(enable('opensuse'), { status: 1, stderr: 'autoupdates: "opensuse" is not supported\n' });
  assert.deepEqual(enable('opensuse', 'sysv'), fine);
});

test('disable-nouveau tells modprobe and dracut before a kernel is installed', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['disable-nouveau'] });
  assert.deepEqual(ended(target.onHost('$staging/extra-data.d/51-disable-nouveau')), fine);
  assert.equal(target.read('etc/dracut.conf.d/disable-nouveau.conf'), 'omit_drivers+=" nouveau "\n');
  const { stdout } = target.onHost('cat "$staging/modprobe.d/disable-nouveau.conf"');
  assert.equal(stdout, 'blacklist nouveau\noptions nouveau modeset=0\n');
});

test('nm-dhcp-ib-interfaces installs a profile that only root can read', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['nm-dhcp-ib-interfaces'] });
  const path = '/etc/NetworkManager/system-connections/infiniband.nmconnection';
  const run = target.inTarget(
    `mkdir -p /etc/NetworkManager; /tmp/in_target.d/install.d/50-dhcp-ib-interfaces && stat -c '%a %u:%g' ${path}`,
  );
  assert.deepEqual(run, { status: 0, stdout: '600 0:0\n', stderr: '' });
  assert.match(target.read(path) ?? '', /^\[infiniband\]\ntransport-mode=datagram$/m);
});

test('ibft-interfaces configures what the firmware booted with, and nothing without its table', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['ibft-interfaces'] });
  target.write('stub/udevadm', recorder, 0o755);
  const start = (iscsistart: string) => {
    target.write('stub/iscsistart', `${recorder}${iscsistart}\n`, 0o755);
    target.write('calls', '');
    const { status, stdout } = target.inTarget(
      'bash /tmp/in_target.d/static/usr/local/sbin/init-ibft-interfaces.sh 2>&1',
      stubs,
    );
    return { status, stdout, calls: target.read('calls') };
  };
  assert.deepEqual(start(''), {
    status: 0,
    stdout: '',
    calls: 'iscsistart -v\niscsistart -f\niscsistart -N\nudevadm settle\n',
  });
  assert.deepEqual(start('[ "$1" != -f ]'), {
    status: 0,
    stdout: 'init-ibft-interfaces: the firmware has no iSCSI boot table; nothing to do\n',
    calls: 'iscsistart -v\niscsistart -f\n',
  });
  assert.equal(start('[ "$1" != -N ]').status, 1);
  assert.equal(start('false').stdout, 'init-ibft-interfaces: iscsistart does not work\n');

  target.write('stub/systemctl', recorder, 0o755);
  target.write('calls', '');
  const enable = (init: string) =>
    ended(
      target.inTarget('/tmp/in_target.d/post-install.d/70-init-ibft-interfaces', { ...stubs, DIB_INIT_SYSTEM: init }),
    );
  assert.deepEqual([enable('systemd'), enable('openrc'), enable('upstart')], [fine, fine, fine]);
  assert.equal(target.read('calls'), 'systemctl enable init-ibft-interfaces.service\n');
  assert.equal(enable('runit').stderr, 'ibft-interfaces: unsupported init system "runit"\n');
});

test('iscsi-boot adds its argument to every place that a kernel of the Red Hat family boots from', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['iscsi-boot'] });
  target.write('etc/default/grub', 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT=""\n');
  target.write('boot/grub2/grub.cfg', 'menuentry x {\n\tlinux /vmlinuz root=LABEL=a\n\tinitrd /initrd\n}\n');
  target.write('boot/efi/EFI/rocky/grub.cfg', '\tlinuxefi /vmlinuz root=LABEL=a\n');
  target.write('boot/loader/entries/a.conf', 'title a\noptions root=LABEL=a\n');
  const run = (distribution: string) =>
    ended(target.inTarget('/tmp/in_target.d/finalise.d/51-open-iscsi-config', { DISTRO_NAME: distribution }));
  assert.deepEqual(run('debian'), fine);
  assert.equal(target.read('etc/default/grub'), 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT=""\n');
  for (let time = 1; time <= 2; time += 1) assert.deepEqual(run('rocky'), fine);
  assert.equal(target.read('etc/default/grub'), 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="rd.iscsi.firmware=1"\n');
  assert.equal(
    target.read('boot/grub2/grub.cfg'),
    'menuentry x {\n\tlinux /vmlinuz root=LABEL=a rd.iscsi.firmware=1\n\tinitrd /initrd\n}\n',
  );
  assert.equal(target.read('boot/efi/EFI/rocky/grub.cfg'), '\tlinuxefi /vmlinuz root=LABEL=a rd.iscsi.firmware=1\n');
  assert.equal(target.read('boot/loader/entries/a.conf'), 'title a\noptions root=LABEL=a rd.iscsi.firmware=1\n');
  target.write('etc/default/grub', 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n');
  assert.deepEqual(run('centos'), fine);
  assert.equal(target.read('etc/default/grub'), 'GRUB_CMDLINE_LINUX_DEFAULT="quiet rd.iscsi.firmware=1"\n');

  const check = (elements: string) =>
    ended(
      target.onHost('$staging/extra-data.d/50-check-dracut-regenerate', {
        DISTRO_NAME: 'centos',
        IMAGE_ELEMENT: elements,
      }),
    );
  assert.deepEqual(check('base iscsi-boot dracut-regenerate'), fine);
  assert.deepEqual(check('base iscsi-boot dracut-regenerate-not'), {
    status: 1,
    stderr: 'iscsi-boot: on centos the element dracut-regenerate is needed too\n',
  });

  target.write('stub/update-initramfs', recorder, 0o755);
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/post-install.d/open-iscsi-config', stubs)), fine);
  assert.equal(target.read('etc/iscsi/iscsi.initramfs'), 'ISCSI_AUTO=true\n');
  assert.equal(target.read('calls'), 'update-initramfs -u -k all\n');
});

test('dracut-regenerate reads its list, installs its packages and makes the initramfs again', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['dracut-regenerate'] });
  const list = (text: string) =>
    target.inTarget('/tmp/in_target.d/dracut-regenerate/list-modules', { DIB_DRACUT_ENABLED_MODULES: text });
  const { stdout: byDefault } = target.inTarget(
    '. /tmp/in_target.d/environment.d/10-dracut-regenerate; /tmp/in_target.d/dracut-regenerate/list-modules',
  );
  assert.equal(byDefault, 'crypt cryptsetup\nlvm lvm2\n');
  assert.equal(list('[]').stdout, '');
  assert.equal(
    list('# mine\n- packages: [a, "b"]\n  name: one # first\n- name: \'two\'\n  packages:\n  - c\n  - d\n').stdout,
    'one a b\ntwo c d\n',
  );
  assert.deepEqual(ended(list('- packages: []\n- name: x\n')), {
    status: 1,
    stderr: 'DIB_DRACUT_ENABLED_MODULES, line 2: the entry before has no name: \n',
  });
  assert.deepEqual(ended(list('crypt')), {
    status: 1,
    stderr: 'DIB_DRACUT_ENABLED_MODULES, line 1: expected a list: crypt\n',
  });
  assert.deepEqual(ended(list('- name: a\n  pakages: [b]')), {
    status: 1,
    stderr: 'DIB_DRACUT_ENABLED_MODULES, line 2: expected name: or packages::   pakages: [b]\n',
  });

  const given = {
    ...stubs,
    DIB_DRACUT_ENABLED_MODULES: '- name: crypt\n  packages: [cryptsetup, dmsetup]\n- name: lvm\n',
  };
  assert.deepEqual(ended(target.inTarget('/tmp/in_target.d/install.d/55-dracut-module-packages', given)), fine);
  assert.equal(target.read('var/log/install-packages'), 'cryptsetup dmsetup\n');
  target.write('stub/select-boot-kernel-initrd', '#!/bin/bash\necho vmlinuz-6.1-x:initrd.img-6.1-x\n', 0o755);
  target.write('usr/lib/modules/6.1-x/modules.dep', '');
  target.write(
    'stub/dracut',
    `${recorder}if [ "$1" = --list-modules ]; then printf 'bash\\ncrypt\\nlvm\\n'; fi\n`,
    0o755,
  );
  const regenerate = '/tmp/in_target.d/finalise.d/50-dracut-regenerate';
  assert.deepEqual(ended(target.inTarget(regenerate, given)), fine);
  assert.equal(
    target.read('calls'),
    'dracut --list-modules --kver 6.1-x\ndracut --force --no-hostonly --add crypt lvm /boot/initrd.img-6.1-x 6.1-x\n',
  );
  assert.deepEqual(ended(target.inTarget(regenerate, { ...given, DIB_DRACUT_ENABLED_MODULES: '- name: cryptt' })), {
    status: 1,
    stderr: 'dracut-regenerate: dracut has no module cryptt (DIB_DRACUT_ENABLED_MODULES)\n',
  });
  assert.equal(
    target.inTarget(`rm -f /etc/dracut.conf.d/*; ${regenerate}`, { ...given, DIB_DRACUT_ENABLED_MODULES: '[]' }).stdout,
    'dracut-regenerate: no modules and no settings; the initramfs stays\n',
  );
});

test('fips refuses what has no FIPS mode, and works without fips-mode-setup', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['fips'] });
  const run = (hook: string, distribution: string) =>
    ended(target.inTarget(`/tmp/in_target.d/pre-install.d/${hook}`, { ...stubs, DISTRO_NAME: distribution }));
  assert.equal(run('01-setup-fips', 'debian').status, 1);
  assert.equal(run('01-setup-fips', 'ubuntu').status, 1);
  assert.deepEqual(run('01-setup-fips', 'rocky'), fine);
  assert.equal(run('11-enable-fips', 'rocky').status, 1);
  target.write('stub/update-crypto-policies', recorder, 0o755);
  assert.deepEqual(run('11-enable-fips', 'rocky'), fine);
  assert.equal(target.read('etc/dracut.conf.d/40-fips.conf'), 'add_dracutmodules+=" fips "\n');
  target.write('stub/fips-mode-setup', recorder, 0o755);
  assert.deepEqual(run('11-enable-fips', 'rocky'), fine);
  assert.equal(target.read('calls'), 'update-crypto-policies --set FIPS\nfips-mode-setup --enable\n');
});

test('selinux-fixfiles-restore labels each mount point with the policy of the image', { skip }, (t) => {
  const target = openTarget(t, { builtin: ['selinux-fixfiles-restore'] });
  const run = () =>
    target.onHost('$staging/cleanup.d/99-selinux-fixfiles-restore', {
      DIB_MOUNTPOINTS: '/|/boot|/dev|/boot/efi|/tmp/in_target.d',
    });
  assert.deepEqual(run(), {
    status: 0,
    stdout: 'selinux-fixfiles-restore: no policy in the image; nothing to label\n',
    stderr: '',
  });
  target.write('etc/selinux/config', 'SELINUXTYPE=mls\n');
  target.write('etc/selinux/mls/contexts/files/file_contexts', '');
  assert.deepEqual(ended(run()), {
    status: 1,
    stderr: 'selinux-fixfiles-restore: the image has a policy but no /usr/sbin/setfiles\n',
  });
  target.write(
    'usr/sbin/setfiles',
    `${recorder}if [ "$1" = -h ]; then echo 'usage: setfiles [-diIDlmnpqvEFWT] ...'; fi\n`,
    0o755,
  );
  assert.deepEqual(ended(run()), fine);
  const list = '/etc/selinux/mls/contexts/files/file_contexts';
  assert.equal(target.read('calls'), `setfiles -h\nsetfiles -F -m ${list} /\nsetfiles -F -m ${list} /boot\n`);
});
