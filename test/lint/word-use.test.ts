import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript } from '../../src/lint/parse-script.js';

function argumentOf(word: string) {
  const [command] = parseScript(`run ${word}\n`).commands;
  const [argument] = command?.arguments ?? [];
  assert.ok(argument !== undefined);
  return argument;
}

test('a literal word gives its value without quotes', () => {
  assert.equal(argumentOf(`/etc/"a b"'c'`).literal, '/etc/a bc');
  assert.deepEqual(argumentOf('/etc/x').unquotedExpansions, []);
});

test('a word with an expansion gives what stands before and after it', () => {
  const word = argumentOf('"$TARGET_ROOT/etc/$name"');
  assert.equal(word.literal, undefined);
  assert.equal(word.leadingVariable, 'TARGET_ROOT');
  assert.equal(word.suffix, '/etc/');
  assert.deepEqual(word.unquotedExpansions, []);
  assert.equal(argumentOf('/srv/$name').prefix, '/srv/');
  assert.equal(argumentOf('/srv/$name').leadingVariable, undefined);
});

test('only expansions outside quotes that can fall apart count as unquoted', () => {
  assert.deepEqual(argumentOf('$a"$b"$(c)').unquotedExpansions, ['$a', '$(c)']);
  assert.deepEqual(argumentOf('$#$?${#a}$((1 + 1))').unquotedExpansions, []);
});

test('an empty default is seen', () => {
  assert.equal(argumentOf('"${a:-}/x"').isLeadingMaybeEmpty, true);
  assert.equal(argumentOf('"${a:-b}/x"').isLeadingMaybeEmpty, false);
  assert.equal(argumentOf('"${a:?}/x"').isLeadingMaybeEmpty, false);
});
