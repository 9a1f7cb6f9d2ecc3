import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';

/** Elements as strangers write them for the original; nothing in them knows of this program. */
const elementsPath = join(packageDirectory, 'test/fixtures/elements/third-party');

const skip = whyNotHere();

function whyNotHere(): string | false {
  if (process.getuid?.() !== 0 && !hasSubordinateIds()) return 'needs root or subordinate ids in /etc/subuid';
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  const missing = ['unshare', 'tar', 'python3', 'curl'].filter((name) => spawnSync('which', [name]).status !== 0);
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const options = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  return spawnSync('unshare', [...options, 'true']).status === 0 ? false : 'namespaces are refused';
}

function hasSubordinateIds(): boolean {
  const { username, uid } = userInfo();
  const lines = existsSync('/etc/subuid') ? readFileSync('/etc/subuid', 'utf8').split('\n') : [];
  return lines.some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`));
}

interface Build {
  readonly directory: string;
  readonly status: number | null;
  readonly output: string;
}

/** Runs disk-image-create in a directory of its own; `OUT` in words and values stands for that directory. */
function build(
  context: TestContext,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Build {
  const directory = mkdtempSync(join(tmpdir(), 'dib-compat-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'source.txt'), 'a source\n');
  const { status, stdout, stderr } = spawnSync(join(packageDirectory, 'bin/disk-image-create'), words, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'home'),
      ELEMENTS_PATH: elementsPath,
      EVERY_SOURCE_DIRECTORY: directory,
      ...Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, value.replaceAll('OUT', directory)]),
      ),
    },
  });
  return { directory, status, output: stdout + stderr };
}

/** Unpacks an image and gives the directory. */
function unpack(imagePath: string): string {
  const directory = `${imagePath}.unpacked`;
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'mkdir "$2" && tar -x -f "$1" -C "$2" --no-same-owner', 'sh', imagePath, directory],
    { encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return directory;
}

function markersIn(tree: string): Record<string, string> {
  const directory = join(tree, 'var/lib/every-interface');
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

const elementsInOrder = [
  'install-bin',
  'little-os',
  'pkg-map',
  'package-installs',
  'install-static',
  'install-types',
  'cache-url',
  'manifests',
  'source-repositories',
  'svc-map',
  'every-interface',
];

const packagesDuringInstall = [
  'every-early',
  'every-listed',
  'every-listed-build-only',
  'curl',
  'every-blue',
  'every-build-only',
  'every-not-this-architecture',
  'every-plain',
  'every-source-only',
  'git',
  'mapped-a',
  'mapped-b',
  'release-one',
];

const packages = [
  'every-early',
  'every-listed',
  'curl',
  'every-blue',
  'every-not-this-architecture',
  'every-plain',
  'every-source-only',
  'git',
  'mapped-a',
  'mapped-b',
  'release-one',
  'every-extra',
  'every-late',
];

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('');
}

test('an element that uses every interface builds unmodified', { skip }, (context) => {
  const { directory, status, output } = build(
    context,
    ['-n', '-a', 'amd64', '-t', 'tar', '-o', 'every', '-p', 'every-extra', 'little-os', 'every-interface'],
    { break: 'before-cleanup', break_cmd: 'touch OUT/break-marker' },
  );
  assert.equal(status, 0, output);
  const tree = unpack(join(directory, 'every.tar'));
  assert.deepEqual(markersIn(tree), {
    'added-hook': 'added\n',
    'block-device': 'blue\n',
    cleanup: 'vmlinuz-6.12 initrd.img-6.12\n',
    elements: lines(elementsInOrder),
    'extra-data-every-interface': 'for other elements to use\n',
    'extra-data-python': 'every-interface\n',
    finalise: '50-every-finalise blue\n',
    install: 'blue little one source\n',
    'install-type': 'source\n',
    'kernel-filesystems': '-o chroot\n',
    'kernel-inside': 'vmlinuz-6.12 initrd.img-6.12\n',
    'other-install-type': 'package\n',
    packages: lines(packages),
    'packages-during-install': lines(packagesDuringInstall),
    'pkg-map': 'mapped-a mapped-b\n',
    'post-install': 'colour = blue\n',
    'post-root': 'unset\n',
    'pre-finalise': 'inside\n',
    'pre-install': '/tmp/in_target.d/pre-install.d/50-every-pre-install /root 0 /\n',
    root: 'blue little amd64 every unset\n',
    source: 'a source\n',
    'svc-map': 'little-service\ndefault-service\nunknown-service\n',
    tool: 'every-tool works\n',
  });
  assert.equal(existsSync(join(directory, 'break-marker')), true);
  assert.deepEqual(readdirSync(join(tree, 'tmp')), []);
  assert.equal(readFileSync(join(tree, 'var/log/emptied.log'), 'utf8'), '');
  assert.equal(existsSync(join(tree, '.hidden-at-the-top')), true);
});

test('values of the caller choose the install type and reach the environment files', { skip }, (context) => {
  const { directory, status, output } = build(
    context,
    ['--install-type', 'package', '-n', '-t', 'tar', '-o', 'every', 'little-os', 'every-interface'],
    { DIB_EVERY_COLOUR: 'red', DIB_INSTALLTYPE_every_source: 'source' },
  );
  assert.equal(status, 0, output);
  const markers = markersIn(unpack(join(directory, 'every.tar')));
  assert.deepEqual([markers.install, markers['install-type']], ['red little one package\n', 'package\n']);
  assert.deepEqual(
    markers.packages?.split('\n').filter((name) => /red|blue|only/.test(name)),
    ['every-package-only', 'every-red'],
  );
});

test('an operating system of a few directories is enough for an archive', { skip }, (context) => {
  const { directory, status, output } = build(context, ['fake-os', '-n', '-t', 'tar', '-o', 'fake']);
  assert.equal(status, 0, output);
  const tree = unpack(join(directory, 'fake.tar'));
  assert.equal(readFileSync(join(tree, 'this_is_a_test_os'), 'utf8'), 'this is a fake operating system\n');
  assert.equal(readFileSync(join(tree, 'zeros')).equals(Buffer.alloc(42 * 1024 * 1024)), true);
  for (const name of ['dev', 'proc', 'sys', 'tmp', 'mnt']) assert.deepEqual(readdirSync(join(tree, name)), [], name);
});

test('a failing hook ends the build with its status, after the break point could look at the tree', {
  skip,
}, (context) => {
  const { directory, status, output } = build(context, ['-n', '-t', 'tar', '-o', 'image', 'little-os', 'failing'], {
    break: 'after-error',
    break_outside_target: '1',
    break_cmd: 'cp -v $TMP_MOUNT_PATH/tmp/dib-test-should-fail OUT || true',
  });
  assert.equal(status, 7, output);
  assert.equal(existsSync(join(directory, 'dib-test-should-fail')), true);
  assert.equal(existsSync(join(directory, 'image.tar')), false);
  assert.match(output, /^error HOOK_FAILED: install\.d\/50-failing of element "failing" exited with 7 after \d+ ms$/m);
});
