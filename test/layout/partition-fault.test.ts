import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFault } from '../../src/base/build-error.js';
import { partitionTooLarge, sizeText } from '../../src/layout/partition-fault.js';

test('the fault names partition, need, room and what is missing', () => {
  const fault = partitionTooLarge(
    {
      name: 'root',
      size: { kind: 'bytes', sizeBytes: 4096 },
      isLogical: false,
      isBootable: false,
      where: 'a.yaml:3:9',
    },
    { disk: { name: 'image0', sizeBytes: 2048, sectorSizeBytes: 512 }, wantedBytes: 4096, freeBytes: 1000 },
  );
  assert.equal(
    formatFault(fault),
    'error LAYOUT_TOO_SMALL: partition "root" needs 4 KiB (4096 bytes), but 1000 bytes are free for it on image0, a disk of 2 KiB (2048 bytes): 3 KiB (3096 bytes) missing\n' +
      '  at: a.yaml:3:9\n' +
      '  hint: make the image larger (--image-size) or the partition smaller',
  );
});

test('sizes are exact', () => {
  assert.equal(sizeText(1023), '1023 bytes');
  assert.equal(sizeText(1500), '1.5 KiB (1500 bytes)');
});
