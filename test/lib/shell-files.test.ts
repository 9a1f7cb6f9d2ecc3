import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libDirectory, packageDirectory } from '../../src/base/assets.js';

const names = readdirSync(libDirectory);
const shellFiles = names.filter((name) => !name.endsWith('.py'));

test('everything that third-party hooks use is there', () => {
  assert.deepEqual(names.sort(), [
    'common-defaults',
    'common-functions',
    'dib-block-device.py',
    'dib-run-parts',
    'die',
    'disk-image-create',
    'element-info.py',
    'img-defaults',
    'img-functions',
    'outfilter.py',
    'ramdisk-defaults',
    'ramdisk-functions',
    'ramdisk-image-create',
  ]);
});

test('programs are executable, files to source are not', () => {
  for (const name of names) {
    const isProgram = readFileSync(join(libDirectory, name), 'utf8').startsWith('#!');
    assert.equal((statSync(join(libDirectory, name)).mode & 0o100) !== 0, isProgram, name);
  }
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

test('shellcheck finds nothing', { skip: hasShellcheck ? false : 'shellcheck is not installed' }, () => {
  const paths = shellFiles.map((name) => join('assets/lib', name));
  const { stdout } = spawnSync('shellcheck', ['-x', ...paths], { cwd: packageDirectory, encoding: 'utf8' });
  assert.equal(stdout, '');
});
