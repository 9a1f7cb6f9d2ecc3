import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImage } from '../../src/layout/read-image.js';
import { readFirstEntry } from './first-entry.js';

const read = (keys: string, forced?: number) =>
  readFirstEntry(`- local_loop: { ${keys} }`, (entry, faults) => readImage(entry, forced, faults).image);

test('a disk has sectors of 512 bytes and an open size by default', () => {
  assert.deepEqual(read('name: image0').result, { name: 'image0', sectorSizeBytes: 512, where: 't:1:3' });
});

test('a size is rounded up to sectors', () => {
  assert.equal(read('name: a, size: 1000').result.sizeBytes, 1024);
  assert.equal(read('name: a, size: 1000, block_size: 4096').result.sizeBytes, 4096);
  assert.equal(read('name: a, size: 7.5GiB, directory: /srv').result.sizeBytes, 8053063680);
});

test('the forced sector size wins', () => {
  assert.equal(read('name: a, block_size: 512', 4096).result.sectorSizeBytes, 4096);
});

test('what cannot be a disk is refused', () => {
  assert.deepEqual(read('name: a/b').faults, [
    '1:3 local_loop "a/b" is the name of a file, so it cannot be empty or contain "/"',
  ]);
  assert.deepEqual(read('name: a, block_size: 1024').faults, [
    '1:3 block_size of local_loop "a" is 1024; it can be 512 or 4096',
  ]);
  assert.deepEqual(read('name: a', 520).faults, ['1:3 DIB_BLOCK_SIZE of local_loop "a" is 520; it can be 512 or 4096']);
  assert.deepEqual(read('name: a, size: 0').faults, ['1:3 local_loop "a" has size 0']);
});
