import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitSourceLine } from '../../src/elements/source-line.js';

const environment = { HOST: 'https://example.org', EMPTY: '', TWO: 'a b' };

test('words, quotes, comments and variables are read as a shell reads them', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['  name   git\t/opt/x  $HOST/x.git ', ['name', 'git', '/opt/x', 'https://example.org/x.git']],
    ['a "b c" \'d $HOST\' "$HOST" # comment', ['a', 'b c', 'd $HOST', 'https://example.org']],
    ['# all comment', []],
    ['a#b ${HOST}c \\# x\\ y', ['a#b', 'https://example.orgc', '#', 'x y']],
    ['${NONE:-fallback} ${EMPTY:-two} ${EMPTY-}x "${EMPTY}"', ['fallback', 'two', 'x', '']],
    ['$TWO "$TWO" c$TWO', ['a', 'b', 'a b', 'ca', 'b']],
    ['a&b;c<d ? *', ['a&b;c<d', '?', '*']],
  ];
  for (const [line, words] of cases) {
    assert.deepEqual(splitSourceLine(line, environment), { kind: 'words', words }, line);
  }
});

test('nothing is run, and what cannot be read is a fault with its column', () => {
  const commands = 'commands are not run here: set a variable in environment.d instead';
  const cases: readonly (readonly [string, number, string])[] = [
    ['a $(rm -rf /)', 3, commands],
    ['a "`id`"', 4, commands],
    ['a $UNSET', 3, 'UNSET is not set'],
    ['a ${HOST%x}', 3, 'only $NAME, ${NAME} and ${NAME:-text} can be used'],
    ['a "b', 5, 'a " without its end'],
  ];
  for (const [line, column, reason] of cases) {
    assert.deepEqual(splitSourceLine(line, environment), { kind: 'fault', column, reason }, line);
  }
});
