import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gibibyte, mebibyte } from '../../src/base/units.js';
import { journalMibFor, rootMkfsOptions } from '../../src/layout/root-options.js';

test('ext4 gets an inode for each 4096 bytes and a journal of 64 MiB', () => {
  assert.deepEqual(rootMkfsOptions({ type: 'ext4' }, gibibyte, {}), ['-i', '4096', '-J', 'size=64']);
});

test("the user's options come last, so they win", () => {
  assert.deepEqual(
    rootMkfsOptions({ type: 'ext4' }, gibibyte, {
      mkfsOptions: '-m 0  -O "^metadata_csum"',
      journalSizeMib: 32,
      maximumOnlineResizeBlocks: 1000,
      targetRelease: 'trusty',
    }),
    ['-E', 'resize=1000', '-O', '^metadata_csum', '-i', '4096', '-J', 'size=32', '-m', '0', '-O', '^metadata_csum'],
  );
});

test('other types get only what they take', () => {
  const request = { mkfsOptions: '-f', maximumOnlineResizeBlocks: 5 };
  assert.deepEqual(rootMkfsOptions({ type: 'xfs' }, gibibyte, request), ['-f']);
  assert.deepEqual(rootMkfsOptions({ type: 'ext3' }, gibibyte, request), ['-E', 'resize=5', '-f']);
});

test('the journal shrinks with the file system', () => {
  assert.equal(journalMibFor(gibibyte, undefined), 64);
  assert.equal(journalMibFor(256 * mebibyte, undefined), 64);
  assert.equal(journalMibFor(100 * mebibyte, undefined), 25);
  assert.equal(journalMibFor(15 * mebibyte, undefined), undefined);
  assert.equal(journalMibFor(15 * mebibyte, 8), 8);
});
