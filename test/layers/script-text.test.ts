import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScriptFacts } from '../../src/layers/script-text.js';

test('computed names of variables are seen in the shell', () => {
  const dynamic = [
    'echo ${!name}',
    'echo "${!DIB_*}"',
    'eval "$x"',
    'printenv',
    'env | sort',
    'x=$(env)',
    'export -p > /etc/x',
    'declare -p',
    'if true; then set; fi',
    'declare -n other=$1',
    'sudo -E env > x',
    'cat /proc/self/environ',
    'envsubst < a > b',
    'compgen -v',
    'for name in $(compgen -A variable DIB_); do :; done',
  ];
  for (const text of dynamic) assert.equal(readScriptFacts(text).hasDynamicVariables, true, text);
});

test('plain uses of variables are not taken for computed ones', () => {
  const plain = [
    'echo "$DIB_A ${DIB_B:-c}"',
    'env A=b command',
    '/usr/bin/env -u TMPDIR PATH=/bin ls',
    'for i in "${!list[@]}"; do echo "$i"; done',
    'set -eu -o pipefail',
    "if compgen -G '/boot/vmlinuz-*' > /dev/null; then :; fi",
    'export NAME=value',
    'declare -A table',
    "os.environ['X'] + os.environ.get('Y')",
  ];
  for (const text of plain) assert.equal(readScriptFacts(text).hasDynamicVariables, false, text);
});

test('computed names are seen in other languages', () => {
  for (const text of ['dict(os.environ)', 'os.environ[name]', 'os.getenv(name)', 'print %ENV', 'for (k in ENVIRON)'])
    assert.equal(readScriptFacts(text).hasDynamicVariables, true, text);
});

test('only lines that are comments in every language are left out', () => {
  assert.equal(readScriptFacts('# eval "$x"\n\t## ${!name}\n#\n').hasDynamicVariables, false);
  for (const text of ['class A {\n  #all = dict(process.env);\n}', 'echo # eval\neval "$x"', '\x7fELF\0\n# environ\0'])
    assert.equal(readScriptFacts(text).hasDynamicVariables, true, text);
});

test('phase directories are named or computed', () => {
  assert.deepEqual(readScriptFacts('ls ../install.d').namedPhases, ['install']);
  assert.deepEqual(readScriptFacts('ls ../post-install.d').namedPhases, ['install', 'post-install']);
  assert.deepEqual(readScriptFacts('#!/bin/sh\n# Undone in cleanup.d\nls / # not install.d\n').namedPhases, [
    'install',
  ]);
  for (const text of ['ls $p.d', 'ls "${p}".d', 'ls ${p}.d', "'%s.d' % p", 'ls *.d'])
    assert.equal(readScriptFacts(text).hasDynamicDirectories, true, text);
  assert.equal(readScriptFacts('echo x > /etc/apt/apt.conf.d/1').hasDynamicDirectories, false);
});

test('a script that asks for its own directory looks beside itself, not for the one above', () => {
  for (const text of [
    '#!/bin/bash\nls $(dirname $0)',
    'source "${BASH_SOURCE%/*}/x"',
    '#!/usr/bin/python3\n1',
    'cd x; pwd',
  ])
    assert.equal(readScriptFacts(text).looksBesideItself, true, text);
  for (const text of [
    '#!/bin/bash\ncat "$(dirname "$0")/../data/x"',
    'cat "${0%/*}/../x"',
    'echo "$(basename "$0") ${0##*/}"',
    '#!/usr/bin/env bash\ntrue',
  ])
    assert.equal(readScriptFacts(text).looksBesideItself, false, text);
});

test('programs of packages, of the network and the kernel are seen, comments are not', () => {
  assert.equal(readScriptFacts('install-packages vim').usesPackages, true);
  assert.equal(readScriptFacts('# calls apt-get\ntrue').usesPackages, false);
  assert.equal(readScriptFacts('curl -O x').usesNetwork, true);
  assert.equal(readScriptFacts('exec 3<>/dev/tcp/host/80').usesNetwork, true);
  assert.equal(readScriptFacts('echo curly').usesNetwork, false);
  assert.equal(readScriptFacts('uname -r').asksForKernel, true);
});
