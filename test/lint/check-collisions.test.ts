import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hookHead, lintFiles, messagesOf } from './lint-files.js';

const hook = `${hookHead}true\n`;

test('elements that are never in one build may share names', async (context) => {
  assert.deepEqual(await lintFiles(context, { 'a/install.d/50-x': hook, 'b/install.d/50-x': hook }), []);
  const alternatives = {
    'a/element-deps': 'disk\n',
    'b/element-provides': 'disk\n',
    'b/environment.d/10-disk': 'export D=1\n',
    'c/element-provides': 'disk\n',
    'c/environment.d/10-disk': 'export D=2\n',
  };
  assert.deepEqual(await lintFiles(context, alternatives), []);
});

test('a clash is told once, at the element nearer to the user', async (context) => {
  const files = {
    'a/element-deps': 'b\n',
    'a/install.d/50-x': hook,
    'b/install.d/50-x': hook,
    'c/element-deps': 'a\n',
  };
  assert.deepEqual(await lintFiles(context, files), ['a/install.d/50-x:1:1 hook-duplicate']);
});

test('files of the image clash when both write them anew', async (context) => {
  const files = {
    'a/element-deps': 'b\n',
    'a/install.d/50-a': `${hookHead}echo > /etc/x\necho >> /etc/y\necho > "/etc/$1"\ncp z /etc/z\n`,
    'b/install.d/40-b': `${hookHead}echo > /etc/x\necho > /etc/y\ncp z /etc/z\n`,
  };
  assert.deepEqual(await messagesOf(context, files), [
    'element "b" of the same build writes /etc/x too [the one that comes later wins]',
  ]);
});
