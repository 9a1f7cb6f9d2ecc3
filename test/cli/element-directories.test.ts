import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';
import { elementDirectoriesOf } from '../../src/cli/element-directories.js';

const bases = { workingDirectory: '/here', homeDirectory: '/home/me' };

test('the built-in elements come last, each directory once', () => {
  const environment = { ELEMENTS_PATH: `mine:${builtinElementsDirectory}:~/e` };
  assert.deepEqual(elementDirectoriesOf({ ...bases, environment }), [
    '/here/mine',
    builtinElementsDirectory,
    '/home/me/e',
  ]);
  assert.deepEqual(elementDirectoriesOf({ ...bases, environment: {} }), [builtinElementsDirectory]);
});

test('an empty entry is a fault', () => {
  assert.throws(() => elementDirectoriesOf({ ...bases, environment: { ELEMENTS_PATH: '/a:' } }), {
    code: 'ELEMENT_DIRECTORY_INVALID',
    message: 'ELEMENTS_PATH is "/a:"; it has an empty entry',
  });
});
