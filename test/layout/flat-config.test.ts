import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatConfigOf } from '../../src/layout/flat-config.js';
import { readFirstEntry } from './first-entry.js';

const plain = (text: string) => readFirstEntry(text, (entry) => flatConfigOf([entry])).result[0];

test('texts stay texts, numbers and unknown keys are read as YAML 1.1', () => {
  assert.deepEqual(plain('- local_loop: { name: 0700, size: 1048576, block_size: 4096, extra: 0x41, more: yes }'), {
    local_loop: { name: '0700', size: 1048576, block_size: 4096, extra: 65, more: true },
  });
});

test('partitions take the base of their table', () => {
  assert.deepEqual(
    plain('- partitioning: { base: image0, label: gpt, partitions: [ { name: a, base: other, type: 0700 } ] }'),
    {
      partitioning: {
        base: 'image0',
        label: 'gpt',
        partitions: [{ name: 'a', base: 'image0', type: '0700' }],
        name: 'partitioning_image0',
      },
    },
  );
});
