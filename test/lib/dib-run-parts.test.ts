import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { libDirectory } from '../../src/base/assets.js';
import { runBash, type ShellResult, temporaryDirectory, writeFiles } from './run-bash.js';

const hook = '#!/bin/bash\necho "$(basename "$0") ${ORDER:-}"\n';

function runParts(words: string, environment: Readonly<Record<string, string>> = {}): ShellResult {
  return runBash(`${libDirectory}/dib-run-parts ${words}`, { environment });
}

/** Times differ from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/ +\d+\.\d{3}$/gm, ' <seconds>');
}

test('hooks run by number, with the environment files sourced in byte order, and their times are printed', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'environment.d/9-last.bash': 'export ORDER="$ORDER 9"\nNOT_EXPORTED=1\n',
    'environment.d/10-first': 'export ORDER=10\n',
    'environment.d/100-second': 'export ORDER="$ORDER 100"\n',
    'environment.d/backup~': 'exit 99\n',
    'install.d/9-b': hook,
    'install.d/100-d': hook,
    'install.d/10-c': hook,
    'install.d/-5-a': hook,
    'install.d/zero': '#!/bin/bash\necho "zero ${NOT_EXPORTED:-unset}"\n',
  });
  const { status, stdout, stderr } = runParts(`${root}/install.d`);
  assert.equal(stdout, '-5-a 10 100 9\nzero unset\n9-b 10 100 9\n10-c 10 100 9\n100-d 10 100 9\n');
  assert.equal(
    withoutTimes(stderr),
    `dib-run-parts Sourcing environment file ${root}/install.d/../environment.d/10-first
dib-run-parts Sourcing environment file ${root}/install.d/../environment.d/100-second
dib-run-parts Sourcing environment file ${root}/install.d/../environment.d/9-last.bash
dib-run-parts Running ${root}/install.d/-5-a
dib-run-parts -5-a completed
dib-run-parts Running ${root}/install.d/zero
dib-run-parts zero completed
dib-run-parts Running ${root}/install.d/9-b
dib-run-parts 9-b completed
dib-run-parts Running ${root}/install.d/10-c
dib-run-parts 10-c completed
dib-run-parts Running ${root}/install.d/100-d
dib-run-parts 100-d completed
dib-run-parts ----------------------- PROFILING -----------------------
dib-run-parts${' '}
dib-run-parts Target: install.d
dib-run-parts${' '}
dib-run-parts Script                                     Seconds
dib-run-parts ---------------------------------------  ----------
dib-run-parts${' '}
dib-run-parts -5-a <seconds>
dib-run-parts 10-c <seconds>
dib-run-parts 100-d <seconds>
dib-run-parts 9-b <seconds>
dib-run-parts zero <seconds>
dib-run-parts${' '}
dib-run-parts --------------------- END PROFILING ---------------------
`,
  );
  assert.equal(status, 0);
});

test('rows of the profile are 51 columns wide', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'install.d/10-a': '#!/bin/bash\nsleep 0.02\n' });
  const row = /^dib-run-parts (10-a .*)$/m.exec(
    runParts(`${root}/install.d`).stderr.replace(/^.*completed$/m, ''),
  )?.[1];
  assert.match(row ?? '', /^10-a {36} {6}0\.0[2-9]\d$/);
});

test('--list prints what would run, with the directory as given, and runs nothing', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, {
    'environment.d/10-x': 'echo sourced; exit 9\n',
    'install.d/10-b': hook,
    'install.d/9-a': hook,
    'install.d/x.sh': hook,
    'install.d/data': 'x',
    'install.d/directory/y': hook,
    tool: hook,
  });
  symlinkSync('../tool', join(root, 'install.d/50-link'));
  symlinkSync('nowhere', join(root, 'install.d/60-dangling'));
  assert.deepEqual(runParts(`--list ${root}/install.d/`), {
    status: 0,
    stdout: `${root}/install.d//9-a\n${root}/install.d//10-b\n${root}/install.d//50-link\n`,
    stderr: '',
  });
});

test('RUN_PARTS_REGEX chooses the names, blanks included', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'install.d/10 b.sh': hook, 'install.d/9-a': hook });
  const { stdout } = runParts(`${root}/install.d`, { RUN_PARTS_REGEX: '\\.sh$' });
  assert.equal(stdout, '10 b.sh \n');
});

test('the first hook that fails ends the run with its status, without a profile', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'install.d/10-a': '#!/bin/bash\nexit 7\n', 'install.d/20-b': hook });
  assert.deepEqual(runParts(`${root}/install.d`), {
    status: 7,
    stdout: '',
    stderr: `dib-run-parts Running ${root}/install.d/10-a\ndib-run-parts 10-a failed with status 7\n`,
  });
});

test('an environment file that uses an unset variable ends the run', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'environment.d/10-x': 'echo "$MISSING"\n', 'install.d/10-a': hook });
  const { status, stdout } = runParts(`${root}/install.d`);
  assert.equal(status, 1);
  assert.equal(stdout, '');
});

test('an environment.d without a file to source is nothing to source', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'environment.d/backup~': 'exit 9\n', 'install.d/10-a': hook });
  assert.equal(runParts(`${root}/install.d`).stdout, '10-a \n');
});

test('an empty directory is run successfully', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'install.d/.hidden': hook });
  assert.deepEqual([runParts(`${root}/install.d`).status, runParts(`${root}/install.d`).stdout], [0, '']);
});

test('files that do not run are named', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'install.d/10-a': 'x', 'install.d/20-b.sh': hook, 'install.d/package-installs-foo': 'vim\n' });
  const { stderr } = runParts(`${root}/install.d`);
  assert.deepEqual(stderr.split('\n').slice(0, 2), [
    'dib-run-parts WARNING: ignoring 10-a: not executable',
    'dib-run-parts WARNING: ignoring 20-b.sh: the name does not match ^[0-9A-Za-z_-]+$',
  ]);
});

test('what environment files set is traced only when asked for', (context) => {
  const root = temporaryDirectory(context);
  writeFiles(root, { 'environment.d/10-x': 'export SECRET=hush\n', 'install.d/10-a': hook });
  assert.equal(runParts(`${root}/install.d`).stderr.includes('hush'), false);
  assert.equal(runParts(`${root}/install.d`, { DIB_DEBUG_TRACE: '1' }).stderr.includes('+ export SECRET=hush'), true);
});

test('without a directory there is a usage line and status 1', () => {
  assert.deepEqual(runParts(''), { status: 1, stdout: '', stderr: 'Usage: dib-run-parts [--list] DIRECTORY\n' });
  assert.deepEqual(runParts('/nowhere/at/all'), {
    status: 1,
    stdout: '',
    stderr: 'dib-run-parts /nowhere/at/all is not a directory\nUsage: dib-run-parts [--list] DIRECTORY\n',
  });
});
