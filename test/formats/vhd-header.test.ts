import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamicHeader, footer, geometryOf, vhdChecksum } from '../../src/formats/vhd-header.js';

test('every field of the footer', () => {
  const bytes = footer({
    diskSizeBytes: 300 * 1024 * 1024,
    createdSeconds: 946_684_800 + 0x01020304,
    uniqueId: new Uint8Array(16).fill(0xab),
  });
  assert.equal(bytes.length, 512);
  assert.equal(
    bytes.subarray(0, 84).toString('hex'),
    [
      Buffer.from('conectix').toString('hex'),
      '00000002',
      '00010000',
      '0000000000000200',
      '01020304',
      Buffer.from('tap\0').toString('hex'),
      '00010003',
      '00000000',
      '0000000012c00000',
      '0000000012c00000',
      // 614400 sectors are 9752 tracks of 63, and 609 cylinders of 16 heads.
      '0261103f',
      '00000003',
      bytes.subarray(64, 68).toString('hex'),
      'ab'.repeat(16),
    ].join(''),
  );
  assert.ok(bytes.subarray(84).every((byte) => byte === 0));
});

test('the checksum makes the sum of the other bytes whole', () => {
  const bytes = footer({ diskSizeBytes: 512, createdSeconds: 0, uniqueId: new Uint8Array(16) });
  const stored = bytes.readUInt32BE(64);
  bytes.writeUInt32BE(0, 64);
  assert.equal(stored, vhdChecksum(bytes));
  assert.equal(vhdChecksum(Uint8Array.of(1, 2, 250)), 0xffffff02);
});

test('every field of the dynamic header', () => {
  const bytes = dynamicHeader({ tableOffset: 1536, blockCount: 150, blockSizeBytes: 0x200000 });
  assert.equal(bytes.length, 1024);
  assert.equal(
    bytes.subarray(0, 36).toString('hex'),
    [
      Buffer.from('cxsparse').toString('hex'),
      'ffffffffffffffff',
      '0000000000000600',
      '00010000',
      '00000096',
      '00200000',
    ].join(''),
  );
  assert.ok(bytes.subarray(40).every((byte) => byte === 0));
});

test('geometries of the four branches of the specification', () => {
  assert.deepEqual(geometryOf(20_480), { cylinders: 301, heads: 4, sectorsPerTrack: 17 });
  assert.deepEqual(geometryOf(400_000), { cylinders: 806, heads: 16, sectorsPerTrack: 31 });
  assert.deepEqual(geometryOf(4_194_304), { cylinders: 4161, heads: 16, sectorsPerTrack: 63 });
  assert.deepEqual(geometryOf(65535 * 16 * 255 + 1), { cylinders: 65535, heads: 16, sectorsPerTrack: 255 });
});
