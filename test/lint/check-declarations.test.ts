import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintFiles, messagesOf } from './lint-files.js';

test('an unknown dependency gets a suggestion, a comment an explanation', async (context) => {
  assert.deepEqual(await messagesOf(context, { 'a/element-deps': '# b\nsamplee\n', 'sample/x': '' }), [
    'no element is called or provides "# b" [element-deps has no comments]',
    'no element is called or provides "samplee" [did you mean "sample"?]',
  ]);
});

test('provided names, operating-system and empty lines are fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, { 'a/element-deps': 'b\noperating-system\n\n', 'c/element-provides': 'b\n' }),
    [],
  );
});

test('a circle is shown as it is walked', async (context) => {
  const files = { 'a/element-deps': 'b\n', 'b/element-deps': 'c\n', 'c/element-deps': 'a\n', 'd/element-deps': 'a\n' };
  assert.deepEqual(await messagesOf(context, files), [
    'elements depend on each other in a circle: a → b → c → a',
    'elements depend on each other in a circle: b → c → a → b',
    'elements depend on each other in a circle: c → a → b → c',
  ]);
});

test('two providers of one name clash, one that replaces a dependency does not', async (context) => {
  const files = {
    'a/element-deps': 'b\nc\n',
    'b/element-provides': 'x\n',
    'c/element-provides': 'x\n',
    'd/element-deps': 'b\nx\n',
  };
  assert.deepEqual(await lintFiles(context, files), ['a/element-deps:1:1 provides']);
});
