import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outermostMountsBelow } from '../../src/sandbox/mount-table.js';

const table = [
  '21 1 0:19 / / rw - tmpfs dib-root rw',
  '30 21 0:20 / /dib/build/mnt rw - overlay o rw',
  '31 30 0:4 / /dib/build/mnt/proc rw - proc proc rw',
  '32 30 0:5 / /dib/build/mnt/dev rw - tmpfs dev rw',
  '33 32 0:6 / /dib/build/mnt/dev/pts rw - devpts d rw',
  '34 30 0:7 / /dib/build/mnt/a\\040b rw - tmpfs x rw',
  '36 34 0:7 / /dib/build/mnt/a\\040b rw - tmpfs y rw',
  '35 21 0:8 / /dib/build/mnt-other rw - tmpfs x rw',
  '',
].join('\n');

test('the outermost mounts below a directory come last first, blanks decoded, neighbours left out', () => {
  assert.deepEqual(outermostMountsBelow(table, '/dib/build/mnt'), [
    '/dib/build/mnt/a b',
    '/dib/build/mnt/a b',
    '/dib/build/mnt/dev',
    '/dib/build/mnt/proc',
  ]);
});
