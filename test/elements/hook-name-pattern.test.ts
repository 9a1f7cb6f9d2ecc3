import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { compileHookNamePattern, defaultHookNamePattern } from '../../src/elements/hook-name-pattern.js';

test('the default takes letters, digits, underscore and hyphen', () => {
  const pattern = compileHookNamePattern(defaultHookNamePattern);
  assert.deepEqual(
    ['10-foo', 'foo_Bar', '10-foo.sh', 'foo~', 'a b', ''].map((name) => pattern.test(name)),
    [true, true, false, false, false, false],
  );
});

test('patterns match as grep -E has them', () => {
  const names = ['10-foo', '10-foo.sh', 'a\\b', 'a]b', 'a^b', 'ab', 'AB', 'a{b', 'x y', '[x]'];
  const patterns = [
    '^[[:alnum:].-]+$',
    '[[:upper:]]',
    '^a[\\]b$',
    '^a[]x]b$',
    '^a[^]x]b$',
    '^a[x^]b$',
    '\\.sh$',
    '(foo|ab)$',
    '^[0-9]{2}-',
    '[[:blank:]]',
    '[[]',
    '^[^[:punct:]]+$',
  ];
  for (const pattern of patterns) {
    const compiled = compileHookNamePattern(pattern);
    assert.deepEqual(
      names.filter((name) => compiled.test(name)),
      grep(pattern, names),
      pattern,
    );
  }
});

test('a pattern that cannot be read is a fault', () => {
  for (const pattern of ['[a', '(a', '[[:nothing:]]']) {
    assert.throws(() => compileHookNamePattern(pattern), {
      code: 'VARIABLE_INVALID',
      message: `RUN_PARTS_REGEX "${pattern}" is not an extended regular expression`,
    });
  }
});

function grep(pattern: string, names: readonly string[]): string[] {
  const output = execFileSync('grep', ['-E', '-e', pattern], {
    input: `${names.join('\n')}\n`,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
  });
  return output.trimEnd().split('\n');
}
