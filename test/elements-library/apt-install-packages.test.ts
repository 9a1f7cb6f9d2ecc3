import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const program = join(builtinElementsDirectory, 'dpkg/bin/install-packages');

const options = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold', '--assume-yes'];

test('packages are installed without questions', (context) => {
  const run = runInstallPackages(context, ['vim', 'less']);
  assert.equal(run.status, 0);
  assert.deepEqual(run.calls, [['apt-get', ...options, 'install', 'vim', 'less']]);
  assert.equal(run.stdout, 'frontend=noninteractive http=http://p.example https= no=\n');
});

test('-e removes and -u upgrades all', (context) => {
  assert.deepEqual(runInstallPackages(context, ['-e', 'vim']).calls, [['apt-get', ...options, 'remove', 'vim']]);
  assert.deepEqual(runInstallPackages(context, ['-u', 'vim']).calls, [['apt-get', ...options, 'dist-upgrade']]);
});

test('-m maps names, and a name that maps to several packages gives several words', (context) => {
  assert.deepEqual(runInstallPackages(context, ['-m', 'base', 'two', 'one']).calls, [
    ['pkg-map', '--element', 'base', 'two', 'one'],
    ['apt-get', ...options, 'install', 'a', 'b', 'c'],
  ]);
});

test('a name that is not mapped ends it', (context) => {
  const run = runInstallPackages(context, ['-m', 'base', 'unknown']);
  assert.equal(run.status, 1);
  assert.equal(run.stderr, 'install-packages: pkg-map has no names for unknown of element base\n');
});

test('no packages, also after mapping, start no apt', (context) => {
  for (const words of [[], ['-m', 'base', 'none'], [' ']]) {
    const run = runInstallPackages(context, words);
    assert.equal(run.status, 0);
    assert.equal(run.stdout, 'install-packages: no packages, nothing to do\n');
    assert.deepEqual(
      run.calls.filter(([name]) => name === 'apt-get'),
      [],
    );
  }
});

test('-h explains, -d and unknown options are refused', (context) => {
  const help = runInstallPackages(context, ['-h']);
  assert.equal(help.status, 0);
  assert.equal(help.stdout.split('\n')[0], 'Usage: install-packages [-u] [-e] [-m ELEMENT] [-h] [PACKAGE...]');
  for (const [option, name] of [
    ['-d', 'd'],
    ['-z', 'z'],
  ] as const) {
    const run = runInstallPackages(context, [option, 'vim']);
    assert.equal(run.status, 1);
    assert.equal(run.stderr, `install-packages: unsupported option -${name}\n`);
    assert.deepEqual(run.calls, []);
  }
});

test("apt's exit status is the program's", (context) => {
  assert.equal(runInstallPackages(context, ['broken']).status, 100);
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly string[][];
}

/** Runs the program with stand-ins for apt-get and pkg-map that note how they were called. */
function runInstallPackages(context: TestContext, words: readonly string[]): Run {
  const directory = mkdtempSync(join(tmpdir(), 'install-packages-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const note = 'printf "%s" "${0##*/}" >&9; printf "\\t%s" "$@" >&9; printf "\\n" >&9\n';
  const environment = 'echo "frontend=$DEBIAN_FRONTEND http=$http_proxy https=$https_proxy no=$no_proxy"\n';
  const broken = 'case "$*" in *broken) exit 100 ;; esac\n';
  const map = 'case "$*" in *unknown) exit 1 ;; *"two one") echo "a b"; echo c ;; esac\n';
  writeFileSync(join(directory, 'apt-get'), `#!/bin/bash\n${note}${environment}${broken}`, { mode: 0o755 });
  writeFileSync(join(directory, 'pkg-map'), `#!/bin/bash\n${note}${map}`, { mode: 0o755 });
  const calls = join(directory, 'calls');
  const result = spawnSync('bash', ['--norc', '-c', `exec "$0" "$@" 9> "${calls}"`, program, ...words], {
    encoding: 'utf8',
    env: { PATH: `${directory}:${process.env.PATH ?? ''}`, http_proxy: 'http://p.example' },
  });
  const noted = spawnSync('cat', [calls], { encoding: 'utf8' }).stdout;
  return {
    status: result.status,
    stdout: result.stdout,
    stderr: result.stderr,
    calls: noted
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')),
  };
}
