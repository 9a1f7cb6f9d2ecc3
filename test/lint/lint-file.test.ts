import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allowedOnLine,
  disabledChecksOf,
  factsOf,
  isInstallType,
  isShell,
  type LintFile,
  logicalLinesOf,
  roleOf,
} from '../../src/lint/lint-file.js';

test('the place in the element tells what a file is', () => {
  assert.deepEqual(roleOf('install.d/50-x'), { kind: 'hook', phase: 'install', place: 'chroot' });
  assert.deepEqual(roleOf('root.d/50-x'), { kind: 'hook', phase: 'root', place: 'host' });
  assert.deepEqual(roleOf('install.d/x-source-install/50-x'), { kind: 'hook', phase: 'install', place: 'chroot' });
  assert.deepEqual(roleOf('install.d/data/50-x'), { kind: 'other' });
  assert.deepEqual(roleOf('install.d/package-installs-x'), { kind: 'other' });
  assert.deepEqual(roleOf('environment.d/10-x'), { kind: 'environment' });
  assert.deepEqual(roleOf('bin/x'), { kind: 'program' });
  assert.deepEqual(roleOf('static/etc/x'), { kind: 'static' });
  assert.deepEqual(roleOf('pkg-map'), { kind: 'declaration' });
});

test('install types have a name, a type and an end', () => {
  assert.deepEqual(['a-source-install', 'a-b-package-install', 'a-install', 'install'].map(isInstallType), [
    true,
    true,
    false,
    false,
  ]);
});

test('checks are disabled by lines at the left edge only', () => {
  assert.deepEqual(
    [...disabledChecksOf('#!/bin/bash\n# dib-lint: disable=indent sete\n # dib-lint: disable=setu\n')],
    ['indent', 'sete'],
  );
});

test('a comment allows the checks that it names', () => {
  assert.deepEqual(allowedOnLine('sudo rm x # dib-lint: safe_sudo'), ['safe_sudo']);
  assert.deepEqual(allowedOnLine('x # dib-lint: which network because it must'), ['which', 'network']);
  assert.deepEqual(allowedOnLine('x # dib-lint: nothing'), []);
});

test('lines that end in a backslash are joined', () => {
  assert.deepEqual(logicalLinesOf('a \\\n    b\n  c'), [
    { text: 'a  b', firstLine: 1, lastLine: 2 },
    { text: 'c', firstLine: 3, lastLine: 3 },
  ]);
});

test('a file is parsed once, and only shell is', () => {
  const file: LintFile = {
    absolutePath: '/x',
    path: 'x',
    relativePath: 'bin/x',
    role: { kind: 'program' },
    kind: 'file',
    isExecutable: true,
    text: '#!/bin/sh\ntrue\n',
    disabledChecks: new Set(),
  };
  assert.equal(isShell(file), true);
  assert.equal(isShell({ ...file, text: '#!/usr/bin/python3\n' }), false);
  assert.equal(isShell({ ...file, text: 'x=1\n', role: { kind: 'environment' } }), true);
  assert.equal(factsOf(file), factsOf(file));
});
