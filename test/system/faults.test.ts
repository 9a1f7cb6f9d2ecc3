import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageDirectory } from '../../src/base/assets.js';
import { makeOrdinaryUser, whyNoOrdinaryUser } from '../helpers/package-copy.js';

const fixtures = join(packageDirectory, 'test/fixtures/elements/third-party');
const binDirectory = join(packageDirectory, 'bin');
const builtinElements = join(packageDirectory, 'assets/elements');

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-faults-')));
after(() => rmSync(directory, { recursive: true, force: true }));
chmodSync(directory, 0o755);

const elements = join(directory, 'elements');
const hook = (text: string): string => `#!/bin/bash\nset -eu -o pipefail\n${text}\n`;
writeElements({
  'needs-missing/element-deps': 'nowhere-to-be-found\n',
  'second-os/element-provides': 'operating-system\n',
  'hook-one/install.d/50-same': hook('true'),
  'hook-two/install.d/50-same': hook('true'),
  'no-interpreter/install.d/50-no-interpreter': '#!/nowhere/language\n',
  'not-executable/install.d/50-not-executable': 'touch /it-ran\n',
  'fails-on-host/extra-data.d/50-fails-on-host': hook('echo "the last words"\nexit 9'),
  'fails-in-chroot/install.d/50-fails-in-chroot': hook('echo "the last words"\nexit 7'),
  'killed/install.d/50-killed': hook('kill -9 $$'),
  'waits/install.d/50-waits': hook('echo "waiting for ever"\nsleep 300'),
  'tested/element-deps': 'little-os\n',
  'tested/test-elements/one/install.d/50-one': hook('echo "waiting for ever"\nsleep 300'),
  'tested/test-elements/two/install.d/50-two': hook('echo "waiting for ever"\nsleep 300'),
  'bad-packages/package-installs.yaml': 'vim:\n  phase: [\n',
  'bad-layout/block-device-default.yaml': '- local_loop:\n    name: image0\n   size: 3\n',
});

const skip = whyNotHere();

function whyNotHere(): string | false {
  if (process.getuid?.() !== 0) return 'run by root';
  if (!existsSync(join(packageDirectory, 'dist/cli/main.js'))) return 'not built: dist/cli/main.js is missing';
  const missing = ['unshare', 'tar', 'qemu-img', 'mksquashfs'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;
}

function writeElements(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(elements, path)), { recursive: true });
    writeFileSync(join(elements, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
}

/** Images and a manifest of an earlier build, of a past moment, so that any touch shows. */
const earlierOutputs = ['image.tar', 'image.qcow2', 'image.raw', 'image.manifest.json'];
const earlierMoment = new Date('2020-02-02T02:02:02Z');

function placeEarlierOutputs(outputDirectory: string): void {
  mkdirSync(outputDirectory, { recursive: true });
  for (const name of earlierOutputs) {
    writeFileSync(join(outputDirectory, name), `the earlier ${name}\n`);
    utimesSync(join(outputDirectory, name), earlierMoment, earlierMoment);
  }
}

function checkEarlierOutputs(outputDirectory: string): void {
  const seen = readdirSync(outputDirectory).map((name) => {
    const path = join(outputDirectory, name);
    return [name, readFileSync(path, 'utf8'), statSync(path).mtimeMs];
  });
  assert.deepEqual(
    seen.sort(),
    earlierOutputs.map((name) => [name, `the earlier ${name}\n`, earlierMoment.getTime()]).sort(),
  );
}

interface Ending {
  readonly status: number | null;
  /** Standard error; `OUT`, `ELEMENTS` and `T` stand for the output directory, the elements' and a duration. */
  readonly error: string;
  readonly out: string;
  readonly outputDirectory: string;
}

interface Attempt {
  /** Default disk-image-create. */
  readonly program?: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly outputDirectory?: string;
  /** Sees all that was said so far, and may signal. */
  readonly watch?: (said: string, child: ChildProcess) => void;
}

/** Runs a build in a directory with images of an earlier build, and looks that these are as they were. */
async function attempt(context: TestContext, wanted: Attempt): Promise<Ending> {
  const outputDirectory = wanted.outputDirectory ?? mkdtempSync(join(directory, 'out-'));
  placeEarlierOutputs(outputDirectory);
  const environment = {
    PATH: process.env.PATH,
    HOME: join(directory, 'home'),
    ELEMENTS_PATH: `${elements}:${fixtures}`,
    ...wanted.environment,
  };
  const child = spawn(process.execPath, [join(binDirectory, wanted.program ?? 'disk-image-create'), ...wanted.words], {
    cwd: outputDirectory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  context.signal.addEventListener('abort', () => child.kill('SIGKILL'));
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    wanted.watch?.(out, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const status = await new Promise<number | null>((done) => child.once('close', done));
  checkEarlierOutputs(outputDirectory);
  return {
    status,
    error: error
      .replaceAll(outputDirectory, 'OUT')
      .replaceAll(elements, 'ELEMENTS')
      .replaceAll(fixtures, 'FIXTURES')
      .replaceAll(builtinElements, 'BUILT-IN')
      .replaceAll(/after [\d.]+ m?s$/gm, 'after T'),
    out,
    outputDirectory,
  };
}

interface Fault {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly program?: string;
  /** Default 1. */
  readonly status?: number;
  readonly error: string;
}

const archive = ['-n', '-t', 'tar', '-o', 'image'];
const closerLook =
  '  hint: to look at the tree as it left it: dib shell OUT/image; to look at the tree at that moment: break=after-error, same command\n';

/** Title → what is run and what it must say; the whole of standard error is compared. */
const faults: Readonly<Record<string, Fault>> = {
  'an unknown element is named with a near one': {
    words: [...archive, 'litle-os'],
    error:
      'error ELEMENT_NOT_FOUND: element "litle-os" not found\n' +
      '  hint: did you mean "little-os"?; searched: ELEMENTS, FIXTURES, BUILT-IN\n',
  },
  'a dependency on a missing element is named with who asked for it': {
    words: [...archive, 'little-os', 'needs-missing'],
    error:
      'error ELEMENT_NOT_FOUND: element "nowhere-to-be-found" not found, asked for by "needs-missing"\n' +
      '  hint: searched: ELEMENTS, FIXTURES, BUILT-IN\n',
  },
  'two operating systems are one too many': {
    words: [...archive, 'little-os', 'second-os'],
    error:
      'error ELEMENT_DUPLICATE_PROVIDER: "second-os" provides operating-system: already provided by "little-os"\n' +
      '  hint: a build has exactly one operating system: drop "little-os" or "second-os"\n',
  },
  'no operating system is too few': {
    words: [...archive, 'hook-one'],
    error:
      'error OPERATING_SYSTEM_MISSING: no operating system element among hook-one and their dependencies\n' +
      '  hint: add an element that provides operating-system, for example debian-minimal\n',
  },
  'an element name that leads elsewhere is refused': {
    words: [...archive, 'little-os', '../second-os'],
    error:
      'error ELEMENT_DIRECTORY_INVALID: "../second-os" is not the name of an element\n' +
      '  hint: put the directory that holds the element into ELEMENTS_PATH and give its plain name\n',
  },
  'entries of the element path that are no directories are all named': {
    words: [...archive, 'little-os'],
    environment: { ELEMENTS_PATH: `${elements}/nowhere:${fixtures}:${elements}/second-os/element-provides` },
    error:
      'error ELEMENT_DIRECTORY_INVALID: element directory "ELEMENTS/nowhere" does not exist\n' +
      '  hint: correct ELEMENTS_PATH, a list of directories separated by colons\n' +
      'error ELEMENT_DIRECTORY_INVALID: element directory "ELEMENTS/second-os/element-provides" is not a directory\n' +
      '  hint: correct ELEMENTS_PATH, a list of directories separated by colons\n',
  },
  'an unknown flag is named': {
    words: [...archive, '--frobnicate', 'little-os'],
    error: "error USAGE: unrecognized option '--frobnicate'\n",
  },
  'an unknown format is named with a near one': {
    words: ['-n', '-t', 'tar,qcow3', '-o', 'image', 'little-os'],
    error: 'error FORMAT_UNKNOWN: output format "qcow3" is not known\n  at: -t\n  hint: did you mean "qcow2"?\n',
  },
  'no elements at all are a wrong command line': {
    words: archive,
    error:
      'error USAGE: no elements were given\n' +
      '  hint: name at least an operating system, for example debian-minimal; see --help\n',
  },
  'two hooks of the same name are named with their files': {
    words: [...archive, 'little-os', 'hook-one', 'hook-two'],
    error:
      'error HOOK_DUPLICATE: elements "hook-one" and "hook-two" both ship install.d/50-same\n' +
      '  at: ELEMENTS/hook-one/install.d/50-same, ELEMENTS/hook-two/install.d/50-same\n' +
      '  hint: rename one of them, or leave out one of the elements\n',
  },
  'a hook that fails on the host gives the build its status and its last words': {
    words: [...archive, 'little-os', 'fails-on-host'],
    status: 9,
    error:
      'error HOOK_FAILED: extra-data.d/50-fails-on-host of element "fails-on-host" exited with 9 after T\n' +
      `  the last words\n${closerLook}`,
  },
  'a hook that fails in the chroot gives the build its status and its last words': {
    words: [...archive, 'little-os', 'fails-in-chroot'],
    status: 7,
    error:
      'error HOOK_FAILED: install.d/50-fails-in-chroot of element "fails-in-chroot" exited with 7 after T\n' +
      `  the last words\n${closerLook}`,
  },
  'a hook that a signal ends fails with 128 and its number': {
    words: [...archive, 'little-os', 'killed'],
    status: 137,
    error: `error HOOK_FAILED: install.d/50-killed of element "killed" exited with 137 after T\n${closerLook}`,
  },
  'a hook whose interpreter is not in the image says so': {
    words: [...archive, 'little-os', 'no-interpreter'],
    status: 127,
    error:
      'error HOOK_NOT_RUNNABLE: hook install.d/50-no-interpreter of element no-interpreter cannot start: ' +
      'its interpreter /nowhere/language is not in the image\n' +
      '  hint: install it in an earlier phase (package-installs.yaml with phase pre-install.d)\n',
  },
  'an output directory that does not exist is told before the build': {
    words: ['-n', '-t', 'tar', '-o', 'nowhere/image', 'little-os'],
    error: 'error OUTPUT_UNWRITABLE: output directory OUT/nowhere does not exist\n  hint: mkdir -p OUT/nowhere\n',
  },
  'an output directory that is a file is told before the build': {
    words: ['-n', '-t', 'tar', '-o', 'image.tar/image', 'little-os'],
    error:
      'error OUTPUT_UNWRITABLE: output directory OUT/image.tar is not a directory\n' +
      '  hint: name another place with -o\n',
  },
  'a package list that is no YAML is told with its place': {
    words: [...archive, 'little-os', 'package-installs', 'bad-packages'],
    error:
      'error YAML_INVALID: ELEMENTS/bad-packages/package-installs.yaml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n' +
      '  at: ELEMENTS/bad-packages/package-installs.yaml:3:1\n',
  },
};

for (const [title, fault] of Object.entries(faults)) {
  test(title, { skip }, async (context) => {
    const { status, error } = await attempt(context, fault);
    assert.deepEqual({ status, error }, { status: fault.status ?? 1, error: fault.error });
  });
}

test('a block device file that is no YAML is told with its place', { skip }, async (context) => {
  const { status, error } = await attempt(context, {
    words: ['-n', '-t', 'raw', '-o', 'image', 'little-os', 'bad-layout'],
  });
  assert.equal(status, 1);
  assert.match(error, /^error LAYOUT_INVALID: .+\n {2}at: ELEMENTS\/bad-layout\/block-device-default\.yaml:\d+:\d+\n/);
  assert.equal(error.match(/^error /gm)?.length, 1, error);
});

test('a hook that is not executable does not run, and a warning says so', { skip }, async (context) => {
  const outputDirectory = mkdtempSync(join(directory, 'out-'));
  const { status, stdout } = spawnSync(
    join(binDirectory, 'disk-image-create'),
    [...archive, 'little-os', 'not-executable'],
    {
      cwd: outputDirectory,
      env: { PATH: process.env.PATH, HOME: join(directory, 'home'), ELEMENTS_PATH: `${elements}:${fixtures}` },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  context.diagnostic(stdout.split('\n').find((line) => line.includes('warning:')) ?? 'no warning');
  assert.equal(status, 0);
  assert.match(
    stdout,
    / \| warning: not-executable: install\.d\/50-not-executable does not run: it is not executable$/m,
  );
  const { stdout: names } = spawnSync('tar', ['-tf', join(outputDirectory, 'image.tar')], { encoding: 'utf8' });
  assert.equal(names.includes('it-ran'), false);
});

test('image descriptions that cannot be read, parsed or used are told with their place', { skip }, async (context) => {
  const cases: readonly (readonly [text: string | undefined, error: RegExp])[] = [
    ['- imagename: [\n', /^error YAML_INVALID: .+\n {2}at: OUT\/\.\.\/images\.yaml:2:1\n$/],
    [
      '- imagename: 3\n',
      /^error YAML_INVALID: image 1, imagename: .+\n {2}at: OUT\/\.\.\/images\.yaml:1:3\n {2}hint: write it in quotes: "3"\n$/,
    ],
    ['- imagname: x\n', /^error YAML_INVALID: image 1.*imagname.*\n {2}at: OUT\/\.\.\/images\.yaml:1:3\n/],
    ['imagename: x\n', /^error YAML_INVALID: .+\n {2}at: OUT\/\.\.\/images\.yaml(:1:1)?\n/],
    [undefined, /^error FILE_UNREADABLE: cannot read OUT\/\.\.\/images\.yaml: ENOENT/],
  ];
  for (const [text, expected] of cases) {
    const outputDirectory = mkdtempSync(join(directory, 'out-'));
    const path = join(directory, 'images.yaml');
    rmSync(path, { force: true });
    if (text !== undefined) writeFileSync(path, text);
    const { status, error } = await attempt(context, {
      program: 'diskimage-builder',
      words: [`${outputDirectory}/../images.yaml`],
      outputDirectory,
    });
    assert.equal(status, 1, error);
    assert.match(error, expected);
  }
});

test('a wrong flag of diskimage-builder ends with 2', { skip }, async (context) => {
  const { status, error } = await attempt(context, { program: 'diskimage-builder', words: ['--frobnicate', 'a.yaml'] });
  assert.deepEqual({ status, error }, { status: 2, error: "error USAGE: unrecognized option '--frobnicate'\n" });
});

/** Mounts a small file system of memory for one test. */
function mountSmall(context: TestContext, size: string): string {
  const path = mkdtempSync(join(directory, 'small-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  context.after(() => spawnSync('umount', [path]));
  return path;
}

for (const format of ['raw', 'qcow2', 'squashfs', 'tgz', 'vhd', 'tar.zst,qcow2']) {
  test(`a full output directory fails ${format} and leaves what was there`, { skip }, async (context) => {
    const outputDirectory = mountSmall(context, '2m');
    const { status, error } = await attempt(context, {
      words: ['-n', '-t', format, '-o', 'image', 'little-os'],
      outputDirectory,
    });
    assert.deepEqual(
      { status, error },
      {
        status: 1,
        error:
          'error OUTPUT_UNWRITABLE: cannot write OUT/image.*: OUT is on a full file system\n' +
          '  hint: free some space there, or name another place with -o; images that were there are unharmed\n',
      },
    );
  });
}

test('a workspace without space fails in the hook that needed it, which says so', { skip }, async (context) => {
  const small = mountSmall(context, '4m');
  const { status, error } = await attempt(context, {
    words: [...archive, '--no-tmpfs', 'little-os'],
    // With layers the tree does not lie in the workspace.
    environment: { TMPDIR: small, DIB_CACHE_MODE: 'off' },
  });
  assert.equal(status, 1);
  assert.match(
    error,
    /^error SPACE_MISSING: no space left for hook root\.d\/10-little-os of element little-os: [\d.]+ \w+ of 4 MiB free in the workspace in .*\n.*No space left on device\n {2}hint: name another place in TMPDIR\n/,
  );
  assert.equal(error.match(/^error /gm)?.length, 1, error);
  assert.deepEqual(readdirSync(small), []);
});

test('an image that is too small says how much is missing, and what would do', { skip }, async (context) => {
  const { status, error } = await attempt(context, {
    words: ['-n', '-t', 'raw', '-o', 'image', '--image-size', '0.01', 'little-os'],
  });
  assert.equal(status, 1);
  assert.match(
    error,
    /^error LAYOUT_TOO_SMALL: ext4 "mkfs_root" on "image0" needs about [\d.]+ MiB \(\d+ bytes\) for the [\d.]+ MiB in \d+ files at \/, but has [\d.]+ MiB \(\d+ bytes\): [\d.]+ MiB \(\d+ bytes\) missing\n {2}at: built-in:\d+:\d+\n {2}hint: an image of ([\d.]+) GiB would do \(--image-size\)\n$/,
  );
  const wouldDo = /of ([\d.]+) GiB would do/.exec(error)?.[1] ?? '';
  const outputDirectory = mkdtempSync(join(directory, 'out-'));
  const { status: next } = spawnSync(
    join(binDirectory, 'disk-image-create'),
    ['-n', '-t', 'raw', '-o', 'image', '--image-size', wouldDo, 'little-os'],
    {
      cwd: outputDirectory,
      env: { PATH: process.env.PATH, HOME: join(directory, 'home'), ELEMENTS_PATH: `${elements}:${fixtures}` },
      stdio: 'ignore',
    },
  );
  assert.equal(next, 0);
});

test('programs that are missing on the host are all named at once, with their packages', { skip }, async (context) => {
  const onlySome = join(directory, 'bin');
  mkdirSync(onlySome);
  for (const program of [
    'bash',
    'cat',
    'env',
    'grep',
    'mkdir',
    'rm',
    'sed',
    'true',
    'unshare',
    'setpriv',
    'mount',
    'tar',
  ]) {
    const found = spawnSync('which', [program], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(onlySome, program));
  }
  const { status, error } = await attempt(context, {
    words: ['-n', '-t', 'qcow2,squashfs,tar.zst', '-o', 'image', 'little-os', 'source-repositories'],
    environment: { PATH: onlySome },
  });
  assert.deepEqual(
    { status, error },
    {
      status: 1,
      error:
        'error PROGRAM_MISSING: programs missing on this host:\n' +
        '  qemu-img (output format qcow2)\n' +
        '  mksquashfs (output format squashfs)\n' +
        '  zstd (output format tar.zst)\n' +
        '  curl (element cache-url)\n' +
        '  git (element source-repositories)\n' +
        '  hint: on Debian and Ubuntu: apt-get install curl git qemu-utils squashfs-tools zstd\n',
    },
  );
});

test('on a PATH without bash it is named once, with its package and whatever else is missing', {
  skip,
}, async (context) => {
  const empty = join(directory, 'no-bin');
  mkdirSync(empty);
  const { status, error } = await attempt(context, {
    words: ['-n', '-t', 'qcow2', '-o', 'image', 'little-os'],
    environment: { PATH: empty },
  });
  assert.deepEqual(
    { status, error },
    {
      status: 1,
      error:
        'error PROGRAM_MISSING: programs missing on this host:\n' +
        '  bash (hooks)\n' +
        '  unshare (the build namespace)\n' +
        '  setpriv (the build namespace)\n' +
        '  mount (the build namespace)\n' +
        '  qemu-img (output format qcow2)\n' +
        '  hint: on Debian and Ubuntu: apt-get install bash mount qemu-utils util-linux\n',
    },
  );
});

test('a user without subordinate ids is told how to get some', { skip: skip || whyNoOrdinaryUser() }, () => {
  const user = makeOrdinaryUser();
  try {
    for (const path of ['/etc/subuid', '/etc/subgid']) {
      const lines = readFileSync(path, 'utf8').split('\n');
      writeFileSync(path, lines.filter((line) => !line.startsWith(`${user.name}:`)).join('\n'));
    }
    const environment = { ELEMENTS_PATH: join(user.binDirectory, '../elements') };
    mkdirSync(environment.ELEMENTS_PATH);
    spawnSync('cp', ['-r', join(fixtures, 'little-os'), environment.ELEMENTS_PATH]);
    const { status, output } = user.run(
      join(user.binDirectory, 'disk-image-create'),
      [...archive, 'little-os'],
      environment,
    );
    const fault = (path: string): string =>
      `error SANDBOX_UNAVAILABLE: user ${user.name} has no subordinate ids in ${path}, a build needs 65535\n` +
      `  hint: as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user.name}\n`;
    assert.deepEqual({ status, output }, { status: 1, output: fault('/etc/subuid') + fault('/etc/subgid') });
  } finally {
    user.remove();
  }
});

for (const [signal, toGroup] of [
  ['SIGINT', false],
  ['SIGINT', true],
  ['SIGTERM', false],
  ['SIGTERM', true],
] as const) {
  const title = `${signal} ${toGroup ? 'to all processes of the terminal' : 'to the command'} stops the build with 130`;
  test(title, { skip }, async (context) => {
    const temporaryDirectory = mkdtempSync(join(directory, 'tmp-'));
    let isSent = false;
    const { status, error } = await attempt(context, {
      words: [...archive, '--no-tmpfs', 'little-os', 'waits'],
      environment: { TMPDIR: temporaryDirectory },
      watch(said, { pid = 0 }) {
        if (isSent || !said.includes('waiting for ever')) return;
        isSent = true;
        process.kill(toGroup ? -pid : pid, signal);
      },
    });
    assert.equal(status, 130);
    assert.equal(error, 'error INTERRUPTED: the build was stopped\n');
    assert.deepEqual(readdirSync(temporaryDirectory), []);
  });
}

for (const [title, program, words] of [
  ['images that are built side by side', 'diskimage-builder', ['--jobs', '2']],
  ['tests of elements', 'dib', ['test', '-j', '2', 'tested']],
] as const) {
  test(`SIGKILL ends ${title}, and leaves nothing`, { skip }, async (context) => {
    const temporaryDirectory = mkdtempSync(join(directory, 'tmp-'));
    const images = ['one', 'two'].map((name) => ({
      imagename: name,
      types: ['tar'],
      'no-tmpfs': true,
      'skip-base': true,
      elements: ['little-os', 'waits'],
    }));
    const path = join(temporaryDirectory, '../images.json');
    writeFileSync(path, JSON.stringify(images));
    let isSent = false;
    const { status } = await attempt(context, {
      program,
      words: program === 'dib' ? words : [...words, path],
      // With layers the second image would wait for the hook of the first one.
      environment: { TMPDIR: temporaryDirectory, DIB_CACHE_MODE: 'off' },
      watch(said, child) {
        if (isSent || said.split('waiting for ever').length < 3) return;
        isSent = true;
        child.kill('SIGKILL');
      },
    });
    assert.equal(status, null);
    await settles(() => {
      assert.deepEqual(processesWith(temporaryDirectory), []);
      assert.deepEqual(readdirSync(temporaryDirectory), []);
    });
  });
}

/** The processes, this one aside, that have a text in their environment. */
function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
      } catch {
        return false;
      }
    });
}

/** Repeats a check for ten seconds at most: what the kernel ends is not gone at once. */
async function settles(check: () => void): Promise<void> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 100) {
    try {
      return check();
    } catch {
      await sleep(100);
    }
  }
  check();
}

const skipBootstrap = skip || (spawnSync('which', ['mmdebstrap']).status === 0 ? false : 'mmdebstrap is not installed');

/** Builds Debian from an archive on this machine, nothing else. */
function debianFrom(url: string): Attempt {
  return {
    words: [...archive, 'debian-minimal'],
    environment: {
      DIB_RELEASE: 'bookworm',
      DIB_DISTRIBUTION_MIRROR: url,
      DIB_DEBIAN_SECURITY_MIRROR: url,
      DIB_APT_SOURCES_CONF: `default:deb ${url} bookworm main`,
      http_proxy: '',
    },
  };
}

test('a mirror that is down is named', { skip: skipBootstrap }, async (context) => {
  const { status, error } = await attempt(context, debianFrom('http://127.0.0.1:9/debian'));
  assert.equal(status, 25, error);
  assert.match(
    error,
    /^error MIRROR_FAILED: package archive http:\/\/127\.0\.0\.1:9\/debian \(bookworm\) cannot be reached, in hook root\.d\/08-debootstrap .*\n {2}Could not connect .*\n {2}hint: is the network up/,
  );
  assert.equal(error.match(/^error /gm)?.length, 1, error);
});

const skipSigned = skipBootstrap || (spawnSync('which', ['gpg']).status === 0 ? false : 'gpg is not installed');

for (const [title, skipThis, isSigned, expected] of [
  ['an archive without a signature is refused', skipBootstrap, false, /is not signed/],
  ['an archive that a stranger signed is refused', skipSigned, true, /NO_PUBKEY|couldn't be verified|is not signed/],
] as const) {
  test(title, { skip: skipThis }, async (context) => {
    const files = makeArchive(isSigned);
    const server = createServer((request, response) => {
      const body = files[request.url ?? ''];
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { status, error, out } = await attempt(context, debianFrom(`http://127.0.0.1:${port}/debian`));
    assert.equal(status, 25, error);
    assert.match(
      error,
      /^error MIRROR_FAILED: package archive http:\/\/127\.0\.0\.1:\d+\/debian \(bookworm\) is not signed as it should be, in hook root\.d\/08-debootstrap /,
    );
    assert.match(out, expected);
    assert.equal(error.match(/^error /gm)?.length, 1, error);
  });
}

/** The release file of an archive without packages, signed with a new key or not at all. */
function makeArchive(isSigned: boolean): Readonly<Record<string, string>> {
  const release = [
    'Origin: Debian',
    'Suite: stable',
    'Codename: bookworm',
    `Date: ${new Date().toUTCString()}`,
    'Architectures: amd64 arm64',
    'Components: main',
    'SHA256:',
    ' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages',
    '',
  ].join('\n');
  const packages = { '/debian/dists/bookworm/main/binary-amd64/Packages': '' };
  if (!isSigned) return { '/debian/dists/bookworm/Release': release, ...packages };
  const home = mkdtempSync(join(directory, 'gpg-'));
  const gpg = (words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('gpg', ['--batch', '--homedir', home, ...words], {
      encoding: 'utf8',
      input: release,
    });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  gpg(['--passphrase', '', '--quick-generate-key', 'stranger@example.org', 'ed25519', 'sign', 'never']);
  const signed = gpg(['--clearsign', '--output', '-']);
  spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  return { '/debian/dists/bookworm/InRelease': signed, ...packages };
}
