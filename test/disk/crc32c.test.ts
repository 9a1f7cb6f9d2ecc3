import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '../../src/disk/crc32c.js';

test('the check value is the one of the catalogue of CRC algorithms', () => {
  assert.equal(~crc32c(Buffer.from('123456789'), 0xffff_ffff) >>> 0, 0xe3069283);
});

test('a checksum can be continued', () => {
  const half = crc32c(Buffer.from('1234'), 0xffff_ffff);
  assert.equal(crc32c(Buffer.from('56789'), half), crc32c(Buffer.from('123456789'), 0xffff_ffff));
});
