import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathDirectoriesOf } from '../../src/cli/search-path.js';

test('the places of administrators join the path, relative entries do not count', () => {
  assert.deepEqual(pathDirectoriesOf({ PATH: '/opt/bin:.::/sbin:bin:/opt/bin' }), [
    '/opt/bin',
    '/sbin',
    '/usr/local/sbin',
    '/usr/sbin',
  ]);
});

test('without a path the usual places are searched', () => {
  assert.deepEqual(pathDirectoriesOf({}), [
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ]);
});
