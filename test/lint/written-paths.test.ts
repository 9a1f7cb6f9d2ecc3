import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript } from '../../src/lint/parse-script.js';
import { writtenPaths } from '../../src/lint/written-paths.js';

function writtenBy(line: string): readonly string[] {
  const [command] = parseScript(`${line}\n`).commands;
  assert.ok(command !== undefined);
  return writtenPaths(command).map((word) => word.literal ?? word.text);
}

test('each command names what it writes in its own way', () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    'rm -rf a b': ['a', 'b'],
    'cp -a a b c': ['c'],
    'cp -t d a b': ['d'],
    'cp --target-directory=d a': ['d'],
    'install -m 0644 -o root a b': ['b'],
    'install -d -m 0755 a b': ['a', 'b'],
    'chown -R root:root a b': ['a', 'b'],
    'mkdir -p -m 700 a': ['a'],
    'mount -t proc none a': ['a'],
    'mount -a': [],
    'dd if=a of=b': ['b'],
    "sed -i 's/a/b/' c d": ['c', 'd'],
    "sed -i -e 's/a/b/' /c": ['/c'],
    "sed 's/a/b/' c": [],
    'tar -xf a -C b': ['b'],
    'tar -cf a b': [],
    'tee -a a b': ['a', 'b'],
    'cat a': [],
  };
  for (const [line, paths] of Object.entries(expected)) assert.deepEqual(writtenBy(line), paths, line);
});

test('redirections that write count for every command', () => {
  assert.deepEqual(writtenBy('cat < a > b 2>> c'), ['b', 'c']);
  assert.deepEqual(writtenBy('cat <<< a 2>&1'), []);
});
