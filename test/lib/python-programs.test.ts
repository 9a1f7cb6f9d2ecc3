import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libDirectory, packageDirectory } from '../../src/base/assets.js';
import { runBash, temporaryDirectory, writeFiles } from './run-bash.js';

const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed';
const notBuilt = existsSync(join(packageDirectory, 'dist/cli/main.js'))
  ? false
  : 'not built: dist/cli/main.js is missing';

function filter(words: readonly string[], input: string | Uint8Array): { stdout: string; status: number | null } {
  const { stdout, status } = spawnSync('python3', [join(libDirectory, 'outfilter.py'), ...words], {
    input,
    encoding: 'latin1',
  });
  return { stdout, status };
}

test('outfilter: times on both sides, none on standard output when told so', { skip: noPython }, (context) => {
  const log = join(temporaryDirectory(context), 'log');
  const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| /gm;
  assert.deepEqual(filter(['-o', log], 'a\n'), { stdout: '', status: 0 });
  assert.equal(filter(['-v'], 'a\nb').stdout.replace(time, 'T '), 'T a\nT b');
  assert.equal(filter(['-v', '-b', '-o', log], 'c\xff').stdout, 'c\xff');
  assert.equal(readFileSync(log, 'latin1').replace(time, 'T '), 'T a\nT c\xff');
});

test('outfilter: bytes that are no text pass, trace noise does not, talk of xtrace does', { skip: noPython }, () => {
  assert.equal(filter(['-v', '-b'], Uint8Array.of(0xff, 0xfe, 0x0a)).stdout, '\xff\xfe\n');
  assert.equal(filter(['-v', '-b'], '++ set +o xtrace\n+ echo\nabout xtrace\n').stdout, '+ echo\nabout xtrace\n');
});

test('outfilter: a file that cannot be opened is named in one line', { skip: noPython }, () => {
  const { stderr, status } = spawnSync('python3', [join(libDirectory, 'outfilter.py'), '-o', '/nowhere/at/all'], {
    encoding: 'utf8',
  });
  assert.deepEqual({ stderr, status }, { stderr: '/nowhere/at/all: No such file or directory\n', status: 1 });
});

test('element-info.py under the interpreter of hooks gives both forms', { skip: noPython || notBuilt }, (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'os/element-provides': 'operating-system\n', 'web/element-deps': 'os\n' });
  const run = (words: string) =>
    runBash(`"$DIB_PYTHON_EXEC" "$_LIB/element-info.py" ${words}`, {
      environment: { DIB_PYTHON_EXEC: 'python3', ELEMENTS_PATH: root },
    });
  assert.deepEqual(run('web'), { status: 0, stdout: 'os web\n', stderr: '' });
  assert.match(run('--env web').stdout, /^export IMAGE_ELEMENT='os web'\nexport IMAGE_ELEMENT_YAML='/);
  assert.equal(run('nothing').status, 1);
  assert.equal(run('').status, 2);
});

test('the entry scripts of the directory run our commands', { skip: notBuilt }, () => {
  for (const name of ['disk-image-create', 'ramdisk-image-create']) {
    const version = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')).version;
    assert.deepEqual(runBash(`"$_LIB/${name}" --version`), { status: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test('dib-block-device.py answers from the environment of hooks and refuses the rest', { skip: noPython }, () => {
  const run = (words: string) =>
    runBash(`python3 "$_LIB/dib-block-device.py" ${words}`, {
      environment: { DIB_ROOT_LABEL: 'cloudimg-rootfs', DIB_MOUNTPOINTS: '/|/boot', DIB_BOOT_LABEL: '' },
    });
  assert.deepEqual(run('getval root-label'), { status: 0, stdout: 'cloudimg-rootfs\n', stderr: '' });
  assert.deepEqual(run('--params x getval mount-points'), { status: 0, stdout: '/|/boot\n', stderr: '' });
  assert.deepEqual(run('getval boot-label'), { status: 0, stdout: '\n', stderr: '' });
  assert.deepEqual(run('getval image-block-device'), {
    status: 1,
    stdout: '',
    stderr: 'dib-block-device: image-block-device is not known in this phase (IMAGE_BLOCK_DEVICE is not set)\n',
  });
  assert.deepEqual(run('umount'), {
    status: 1,
    stdout: '',
    stderr: 'dib-block-device: umount: the build makes, mounts and releases its disk itself\n',
  });
  assert.equal(run('getval nonsense').status, 2);
  assert.equal(run('').status, 2);
});
