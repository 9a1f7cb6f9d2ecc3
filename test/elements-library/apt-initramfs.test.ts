import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

test('a list names each module once, other lines and other lists stay as they are', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-read-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const list = [
    'insmod /lib/modules/6.1/kernel/a-b.ko',
    'insmod /lib/modules/6.1/kernel/c.ko.xz size=1',
    'insmod /lib/modules/6.1/kernel/a-b.ko',
    'insmod /lib/modules/6.1/kernel/c.ko.xz size=2',
    'builtin x',
    'builtin x',
    'insmod /lib/modules/6.1/other/a-b.ko',
    'insmod /lib/modules/6.1/other/a-b.ko',
    'insmod /lib/modules/6.1/kernel/odd+name.ko',
    'insmod /lib/modules/6.1/kernel/odd+name.ko',
    'the last, without an end of line /lib/modules/6.1/kernel/c.ko',
  ];
  const script = `. "$1"
for round in 1 2; do printf '%s' "$2" | while read -r verb path options; do echo "$verb $path${'$'}{options:+ $options}"; done; done
printf '%s\\n' 'insmod /lib/modules/x.ko' > "$3"
for round in 1 2; do while read -r verb path; do echo "$round $path"; done < "$3"; done
while IFS= read -r line; do echo "<$line>"; done <<EOF
  kept  blanks
insmod /lib/modules/x.ko
EOF
printf 'a b\\nc\n' | while read -r -- first second; do echo "$first|$second"; done
read -r nothing < /dev/null || echo end`;
  const kept = list.filter(
    (line, index) => line === 'builtin x' || line.includes('odd') || list.indexOf(line) === index,
  );
  for (const shell of ['dash', 'bash']) {
    const { status, stdout, stderr } = spawnSync(
      shell,
      ['-c', script, shell, join(programs, 'quick-paths'), list.join('\n'), join(directory, 'list')],
      { encoding: 'utf8' },
    );
    // read(1) drops what has no end of line.
    const round = kept.slice(0, -1);
    const lists = ['1 /lib/modules/x.ko', '2 /lib/modules/x.ko', '<  kept  blanks>', '<insmod /lib/modules/x.ko>'];
    assert.deepEqual([status, stderr], [0, ''], shell);
    assert.deepEqual(stdout.split('\n'), [...round, ...round, ...lists, 'a|b', 'c|', 'end', ''], shell);
  }
});

test('packing on all processors gives one stream, the same on one processor', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-gzip-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'content');
  const mebibyte = 1 << 20;
  for (const size of [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte]) {
    const content = Buffer.alloc(size, 'what is packed, and again, ');
    randomFillSync(content, 0, Math.min(size, 100_000));
    writeFileSync(path, content);
    const [all, one] = [[], ['taskset', '-c', '0']].map((words) => {
      const [program = '', ...rest] = [...words, 'python3', '-I', join(programs, 'parallel-gzip'), path];
      return spawnSync(program, rest, { maxBuffer: 8 * mebibyte });
    });
    assert.deepEqual([all?.status, one?.status], [0, 0], String(all?.stderr));
    assert.equal(Buffer.compare(all?.stdout ?? Buffer.alloc(0), one?.stdout ?? Buffer.alloc(1)), 0, `${size}`);
    const back = spawnSync('gzip', ['-dc'], { input: all?.stdout, maxBuffer: 8 * mebibyte });
    assert.deepEqual([back.status, String(back.stderr)], [0, '']);
    assert.equal(Buffer.compare(back.stdout, content), 0, `${size}`);
  }
});

test('gzip packs itself what is asked otherwise, or when Python lacks a module', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'dib-gzip-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'content'), 'to be packed');
  const quickPaths = readFileSync(join(programs, 'quick-paths'), 'utf8').replaceAll(
    '/usr/bin/python3',
    join(directory, 'python3'),
  );
  writeFileSync(join(directory, 'quick-paths'), quickPaths);
  const run = (python: string): string => {
    writeFileSync(join(directory, 'python3'), `#!/bin/sh\n${python}\n`, { mode: 0o755 });
    const script = `set -e
cd "$1"
. ./quick-paths
for words in '-n -c content' '-c content' '-9 -c content' '-c -n content'; do gzip $words | command gzip -dc; echo; done
gzip < content | command gzip -dc; echo
gzip -n -c content > /dev/null; echo $?`;
    return spawnSync('dash', ['-c', script, 'dash', directory], { encoding: 'utf8' }).stdout;
  };
  const asked = 'to be packed\n'.repeat(5);
  assert.equal(run('exit 75'), `${asked}0\n`);
  assert.equal(run('printf python | gzip -c'), `python\npython\n${'to be packed\n'.repeat(3)}0\n`);
  assert.equal(run('exit 1').endsWith('0\n'), false, 'a failure is a failure');
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
