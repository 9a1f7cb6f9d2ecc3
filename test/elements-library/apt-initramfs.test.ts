import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { openTree } from './boot-tree.js';

const programs = join(builtinElementsDirectory, 'dpkg/initramfs');

test('what packages ask for is made once', (context) => {
  expectRun(
    context,
    [
      'DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -c -k 6.1.0-2 -b /boot',
      'DPKG_MAINTSCRIPT_PACKAGE=busybox update-initramfs -u',
      'DPKG_RUNNING_VERSION=1.20 DPKG_MAINTSCRIPT_PACKAGE= update-initramfs -u',
      'DPKG_MAINTSCRIPT_PACKAGE=linux dracut --force /boot/initrd.img-6.1.0-2 6.1.0-2',
      'echo made:',
      '/usr/local/sbin/dib-make-initramfs',
      '/usr/local/sbin/dib-make-initramfs',
    ],
    ['made:', 'real -c -k 6.1.0-2'],
  );
});

test('an update without a new kernel is one update, of the newest kernel or of the one named', (context) => {
  const updates = ['-u', '-u -k 6.1.0-1', '-u -k all', '-u -k 9.9'];
  expectRun(
    context,
    [
      'touch /boot/initrd.img-6.1.0-1 /boot/initrd.img-6.1.0-2',
      ...updates.map((words) => `DPKG_MAINTSCRIPT_PACKAGE=x update-initramfs ${words}`),
      '/usr/local/sbin/dib-make-initramfs',
    ],
    ['real -u -k 6.1.0-2', 'real -u -k 6.1.0-1'],
  );
});

test('a hook that calls update-initramfs is served at once, after what waited', (context) => {
  expectRun(
    context,
    [
      'DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -c -k 6.1.0-2',
      'update-initramfs -u -k all',
      'echo served',
      '/usr/local/sbin/dib-make-initramfs',
    ],
    ['real -c -k 6.1.0-2', 'real -u -k all', 'served'],
  );
});

test('removals, other directories and other uses of dracut are not put off', (context) => {
  expectRun(
    context,
    [
      'DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -d -k 6.1.0-1 -b /boot',
      'DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -c -k 6.1.0-2 -b /efi',
      'DPKG_MAINTSCRIPT_PACKAGE=x dracut --list-modules',
      'dracut --force /boot/initrd.img-6.1.0-2 6.1.0-2',
    ],
    [
      'real -d -k 6.1.0-1 -b /boot',
      'real -c -k 6.1.0-2 -b /efi',
      'dracut --list-modules',
      'dracut --force /boot/initrd.img-6.1.0-2 6.1.0-2',
    ],
  );
});

test('a kernel that was removed again gets no initramfs', (context) => {
  expectRun(
    context,
    ['DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -c -k 5.0', '/usr/local/sbin/dib-make-initramfs'],
    [],
  );
});

test('what mkinitramfs asks the shell for is what the programs say', () => {
  const paths = ['//a/b', '/a/b', '/', '//', '///a', '//a//b', '//a/./b', '//a/../b', '//a/.', '//a/', '/usr//bin'];
  const more = [
    '/usr/bin',
    '/usr/bin/',
    '/bin/sh',
    '/bin',
    '/etc/os-release',
    '/proc/self/exe',
    '/none/x',
    '//a b/c',
    'relative',
    '',
    '/usr/..',
    '*',
  ];
  const script = `. "$1"
shift
compare() {
    mine=$("$@" 2>&1) && mine=$mine/0 || mine=$mine/$?
    theirs=$(command "$@" 2>&1) && theirs=$theirs/0 || theirs=$theirs/$?
    [ "$mine" = "$theirs" ] || echo "$*: $mine, not $theirs"
}
for path in "$@"; do
    for options in -ms -s -m -e; do compare realpath "$options" "$path"; done
    for options in -f -e -m; do compare readlink "$options" "$path"; done
done
for path in /usr/bin /none/x ''; do compare mkdir "$path"; done
compare mkdir -p /usr/bin /etc
compare mkdir -p /proc/none`;
  for (const shell of ['dash', 'bash']) {
    const { status, stdout, stderr } = spawnSync(
      shell,
      ['-c', script, shell, join(programs, 'quick-paths'), ...paths, ...more],
      { encoding: 'utf8' },
    );
    assert.deepEqual([status, stdout, stderr], [0, '', ''], shell);
  }
});

test('the quick paths are there while the initramfs is made, and not afterwards', (context) => {
  expectRun(
    context,
    [
      'cp /programs/quick-paths /usr/local/sbin/dib-quick-paths',
      'hooks=/usr/share/initramfs-tools/conf-hooks.d',
      'mount -t tmpfs none /usr/share && mkdir -p "$hooks"',
      'printf "#!/bin/sh\\nls $hooks\\n" > /usr/sbin/update-initramfs.dib-real',
      'DPKG_MAINTSCRIPT_PACKAGE=linux update-initramfs -c -k 6.1.0-2',
      '/usr/local/sbin/dib-make-initramfs',
      'echo then: $(ls "$hooks")',
    ],
    ['zz-dib-quick-paths', 'then:'],
  );
});

/** Checks what the lines say; where no tree can be made the test was skipped. */
function expectRun(context: TestContext, lines: readonly string[], said: readonly string[]): void {
  const run = runAsPackages(context, lines);
  if (run !== undefined) assert.deepEqual(run, said);
}

/** Runs the lines in a tree with kernels 6.1.0-1 and 6.1.0-2, and gives what was said but for the delays. */
function runAsPackages(context: TestContext, lines: readonly string[]): string[] | undefined {
  const tree = openTree(context);
  if (tree === undefined) return undefined;
  for (const name of readdirSync(programs)) tree.write(`/programs/${name}`, readFileSync(join(programs, name), 'utf8'));
  for (const version of ['6.1.0-1', '6.1.0-2']) tree.write(`/boot/vmlinuz-${version}`, '');
  tree.write('/var/lib/empty', '');
  tree.write(
    '/lines',
    `#!/bin/bash
set -eu
PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs none /usr/local/sbin
mount -t tmpfs none /usr/sbin
printf '#!/bin/sh\\necho real "$@"\\n' > /usr/sbin/update-initramfs.dib-real
printf '#!/bin/sh\\necho dracut "$@"\\n' > /usr/sbin/dracut.dib-real
cp /programs/update-initramfs /usr/sbin/
cp /programs/dib-make-initramfs /usr/local/sbin/
sed 's|^real=/usr/bin/|real=/usr/sbin/|' /programs/dracut > /usr/sbin/dracut
chmod 755 /usr/sbin/* /usr/local/sbin/*
${lines.join('\n')}
`,
    0o755,
  );
  const run = tree.run(join(tree.directory, 'lines'));
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.split('\n').filter((line) => line !== '' && !line.includes(': put off'));
}
