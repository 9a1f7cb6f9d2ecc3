import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDifference, type InputTexts } from '../../src/layers/describe-difference.js';

const texts: InputTexts = {
  recorded: (digest) =>
    ({ hook: '755\necho a\n', names: 'data\td755 0 0\t\ndata/x\tf644 0 0\t\n', list: 'x\n' })[digest],
  now: (kind) =>
    ({ files: '700\necho b\n', names: 'data\td755 0 0\t\ndata/y\tf644 0 0\t\n', listings: 'x\nz\n' })[kind as string],
  elementOf: (path) => (path === 'data/y' || path.startsWith('install.d') ? 'own' : undefined),
  makerOf: (path) => (path === 'data/z' ? 'extra-data.d/10-make' : undefined),
  setterOf: (variable) => (variable === 'DIB_X' ? 'own/environment.d/10-x' : undefined),
};

test('a file is told with its element, its mode and the line', () => {
  assert.equal(
    describeDifference({ kind: 'files', name: 'install.d/10-a', change: 'changed', recorded: 'hook' }, texts),
    'file install.d/10-a of element own changed: mode 755 became 700, line 1: "echo a" became "echo b"',
  );
  assert.equal(
    describeDifference({ kind: 'files', name: 'data/q', change: 'changed', recorded: 'unknown' }, texts),
    'file data/q changed',
  );
});

test('names that came and went are told, and who made them', () => {
  assert.equal(
    describeDifference({ kind: 'names', name: 'others', change: 'changed', recorded: 'names' }, texts),
    'names in the staging directory outside of phases changed: data/x is gone, data/y of element own is new',
  );
  assert.equal(
    describeDifference({ kind: 'listings', name: 'data', change: 'changed', recorded: 'list' }, texts),
    'names in data changed: data/z made by extra-data.d/10-make is new',
  );
});

test('a variable is told with the environment file that sets it', () => {
  assert.equal(
    describeDifference({ kind: 'variables', name: 'DIB_X', change: 'is new' }, texts),
    'variable DIB_X is new (set by own/environment.d/10-x)',
  );
  assert.equal(
    describeDifference({ kind: 'archives', name: 'http://a', change: 'changed' }, texts),
    'archive http://a changed',
  );
  assert.equal(
    describeDifference({ kind: 'mounts', name: '/mnt', change: 'is gone' }, texts),
    'what is mounted at /mnt is gone',
  );
  assert.equal(describeDifference({ kind: 'host', name: 'kernel', change: 'changed' }, texts), 'host: kernel changed');
});
