import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDeclaration } from '../../src/elements/read-declaration.js';
import { temporaryDirectory, writeElements } from './write-element.js';

test('names stand one a line; blanks, empty lines and repeats fall away; "#" is no comment', (context) => {
  const root = temporaryDirectory(context);
  writeElements(root, { a: { 'element-deps': '  b\t\n\n#c\nb\r\nd', 'element-provides': 'operating-system\n' } });
  assert.deepEqual(readDeclaration(join(root, 'a')), {
    dependencies: ['b', '#c', 'd'],
    provides: ['operating-system'],
  });
});

test('missing files are empty lists', (context) => {
  assert.deepEqual(readDeclaration(temporaryDirectory(context)), { dependencies: [], provides: [] });
});

test('a file that cannot be read is a fault that names it', (context) => {
  const root = temporaryDirectory(context);
  mkdirSync(join(root, 'element-deps'));
  assert.throws(() => readDeclaration(root), {
    name: 'BuildError',
    code: 'FILE_UNREADABLE',
    message: `"${root}/element-deps" cannot be read: EISDIR: illegal operation on a directory, read`,
  });
});
