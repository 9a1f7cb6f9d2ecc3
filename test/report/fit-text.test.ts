import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOf, fitText, readableText } from '../../src/report/fit-text.js';

test('escapes, controls and overwritten text are gone', () => {
  assert.equal(readableText('\u001b[31mred\u001b[0m\u0007 bell'), 'red bell');
  assert.equal(readableText('10 %\r 50 %\r100 %\r'), '100 %');
  assert.equal(readableText('\u001b]0;title\u0007a\tb'), 'a    b');
});

test('columns count wide characters twice and combining marks not at all', () => {
  assert.equal(columnsOf('abc'), 3);
  assert.equal(columnsOf('日本'), 4);
  assert.equal(columnsOf('e\u0301'), 1);
  assert.equal(columnsOf('🐧'), 2);
});

test('a text is cut to its columns with an ellipsis', () => {
  assert.equal(fitText('abcdef', 6), 'abcdef');
  assert.equal(fitText('abcdef', 5), 'abcd…');
  assert.equal(fitText('日本語', 5), '日本…');
  assert.equal(fitText('日本語', 4), '日…');
  assert.equal(fitText('abc', 0), '');
});
