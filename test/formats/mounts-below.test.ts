import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { contentPatterns, listMountsBelow, readMountsBelow } from '../../src/formats/mounts-below.js';

const mountinfo = [
  '22 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
  '40 22 0:30 / /build/mnt rw shared:2 - overlay overlay rw',
  '41 40 0:31 / /build/mnt/srv/a\\040b\\134c rw - tmpfs tmpfs rw',
  '42 40 0:5 / /build/mnt/dev rw - devtmpfs udev rw',
  '43 40 0:5 / /build/mnt/dev rw - devtmpfs udev rw',
  '44 22 0:5 / /build/mnt2/dev rw - devtmpfs udev rw',
  '',
].join('\n');

test('only what is below counts, once, with its escapes undone', () => {
  assert.deepEqual(readMountsBelow(mountinfo, '/build/mnt'), ['dev', 'srv/a b\\c']);
});

test('everything but the root itself is below the root', () => {
  assert.deepEqual(readMountsBelow(mountinfo, '/'), [
    'build/mnt',
    'build/mnt/dev',
    'build/mnt/srv/a b\\c',
    'build/mnt2/dev',
  ]);
});

test('patterns take names literally', () => {
  assert.deepEqual(contentPatterns(['a*b?[c]\\d']), ['a\\*b\\?\\[c\\]\\\\d/*']);
});

test('the mounts of this machine are read', async () => {
  assert.ok((await listMountsBelow('/')).includes('proc'));
  assert.ok(!(await listMountsBelow(tmpdir())).includes('proc'));
});
