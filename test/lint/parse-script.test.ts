import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript } from '../../src/lint/parse-script.js';

test('options of the shell are seen however they are set', () => {
  const modes = (text: string) => {
    const { hasErrexit, hasNounset, hasPipefail } = parseScript(text);
    return [hasErrexit, hasNounset, hasPipefail];
  };
  assert.deepEqual(modes('set -eu -o pipefail\n'), [true, true, true]);
  assert.deepEqual(modes('set -euo pipefail\n'), [true, true, true]);
  assert.deepEqual(modes('set -o errexit\nset -o nounset\n'), [true, true, false]);
  assert.deepEqual(modes('#!/bin/sh -eu\n'), [true, true, false]);
});

test('everything that sets a variable counts', () => {
  const { assignedNames } = parseScript(
    [
      'a=1; read -r b c; for d in x; do :; done; printf -v e x; mapfile -t f < x; getopts ab g',
      'declare -A h; local i; : "${j:=1}"; ((k = 1)); exec {l}>x; coproc m { :; }',
    ].join('\n'),
  );
  assert.deepEqual([...assignedNames].filter((name) => name.length === 1).sort(), [...'abcdefghijklm']);
});

test('a default, a test and -v guard a variable from there on', () => {
  const { guardedFrom, variables } = parseScript('[ -n "${a:-}" ] && echo "$a"\n[[ -v b ]] && echo "$b"\necho "$c"\n');
  assert.deepEqual([...guardedFrom.keys()], ['a', 'b']);
  assert.deepEqual(
    variables.map(({ name, hasFallback }) => [name, hasFallback]),
    [
      ['a', true],
      ['a', false],
      ['b', false],
      ['c', false],
    ],
  );
});

test('conditions, negations and || are guarded, the last of && is not', () => {
  const { commands } = parseScript('if a; then b; fi\n! c\nd || e\nwhile f; do g; done\nh && i\n');
  assert.deepEqual(
    commands.filter((command) => command.isGuarded).map((command) => command.name),
    ['a', 'c', 'd', 'f', 'h'],
  );
});

test('commands in substitutions and backquotes are seen at their place', () => {
  const text = 'x=$(one "$(two)")\ny=`three \\`four\\``\n';
  const { commands } = parseScript(text);
  const named = commands.filter((command) => command.name !== undefined);
  assert.deepEqual(
    named.map(({ name, isInSubstitution }) => [name, isInSubstitution]),
    [
      ['one', true],
      ['two', true],
      ['three', true],
      ['four', true],
    ],
  );
  assert.equal(text.slice(named[1]?.offset, (named[1]?.offset ?? 0) + 3), 'two');
});

test('functions are known, and what runs in them', () => {
  const { functionNames, commands } = parseScript('clean() { rm -f x; }\nclean\n');
  assert.deepEqual([...functionNames], ['clean']);
  assert.deepEqual(
    commands.map(({ name, functionName }) => [name, functionName]),
    [
      ['rm', 'clean'],
      ['clean', undefined],
    ],
  );
});

test('eval and unknown sources may set anything, files of $_LIB are named', () => {
  assert.equal(parseScript('eval "$x"\n').setsUnknownNames, true);
  assert.equal(parseScript('source /etc/os-release\n').setsUnknownNames, true);
  const { setsUnknownNames, sourcedLibraryFiles } = parseScript('source "$_LIB/die"\n. $_LIB/common-functions\n');
  assert.equal(setsUnknownNames, false);
  assert.deepEqual(sourcedLibraryFiles, ['die', 'common-functions']);
});

test('faults have a place, good scripts have none', () => {
  assert.deepEqual(parseScript('if true; then\n').errors.length > 0, true);
  assert.deepEqual(parseScript('cat <<EOF\nx\n').unfinishedHereDocuments, [{ delimiter: 'EOF', offset: 4 }]);
  assert.deepEqual(parseScript('case $x in a) ;; esac\necho "${a[@]/%x/y}" <(b) $((c ? 1 : 2))\n').errors, []);
});

test('a condition at the end is seen, unless it has an alternative', () => {
  assert.deepEqual(parseScript('a\n[ -f x ] && b\n').lastCondition, { command: '[', offset: 2 });
  assert.equal(parseScript('[ -f x ] && b || c\n').lastCondition, undefined);
  assert.equal(parseScript('a && b\n').lastCondition, undefined);
});
