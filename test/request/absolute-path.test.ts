import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absolutePath, expandHome } from '../../src/request/absolute-path.js';

const bases = { workingDirectory: '/srv/here', homeDirectory: '/home/me' };

test('relative paths lie below the working directory', () => {
  assert.equal(absolutePath('out/../image', bases), '/srv/here/image');
  assert.equal(absolutePath('', bases), '/srv/here');
});

test('absolute paths stay, without a slash at the end', () => {
  assert.equal(absolutePath('/srv//elements/', bases), '/srv/elements');
  assert.equal(absolutePath('/', bases), '/');
});

test('a leading tilde is the home directory, another user is not expanded', () => {
  assert.equal(absolutePath('~/cache', bases), '/home/me/cache');
  assert.equal(absolutePath('~', bases), '/home/me');
  assert.equal(expandHome('~root/x', '/home/me'), '~root/x');
  assert.equal(expandHome('a~/x', '/home/me'), 'a~/x');
});
