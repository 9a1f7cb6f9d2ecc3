import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAttributes } from '../../../src/disk/xfs/attributes.js';
import { geometry } from './xfs-values.js';

const value = Buffer.from('v');

test('namespaces become flags, and the names lose them', () => {
  const encoded = encodeAttributes(geometry, [{ name: 'security.capability', value }], 240);
  const name = Buffer.from('capability').toString('hex');
  // Size 18, one entry: name of 10, value of 1, "secure".
  assert.equal(encoded.kind === 'inode' && encoded.fork.toString('hex'), `001201000a0104${name}76`);
});

test('an access list is turned from the form of the kernel into that of XFS', () => {
  const list = Buffer.from('02000000' + '01000600ffffffff' + '02000400e8030000', 'hex');
  const encoded = encodeAttributes(geometry, [{ name: 'system.posix_acl_access', value: list }], 240);
  const stored = '00000002' + '00000001ffffffff00060000' + '00000002000003e800040000';
  const name = Buffer.from('SGI_ACL_FILE').toString('hex');
  assert.equal(encoded.kind === 'inode' && encoded.fork.toString('hex'), `002f01000c1c02${name}${stored}`);
});

test('what XFS shows of access lists a second time is left out', () => {
  assert.deepEqual(encodeAttributes(geometry, [{ name: 'trusted.SGI_ACL_FILE', value }], 240), { kind: 'none' });
});

test('many attributes go into a block, sorted by hash, more than that are refused by name', () => {
  const many = (count: number, sizeBytes: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `user.a${index}`, value: Buffer.alloc(sizeBytes, 1) }));
  const encoded = encodeAttributes(geometry, many(20, 100), 240);
  const bytes = encoded.kind === 'block' ? encoded.encode(131, { group: 0, block: 9 }) : Buffer.alloc(4096);
  const hashes = Array.from({ length: bytes.readUInt16BE(56) }, (_, index) => bytes.readUInt32BE(80 + index * 8));
  assert.equal(hashes.length, 20);
  assert.deepEqual(
    hashes,
    [...hashes].sort((one, other) => one - other),
  );
  assert.equal(encodeAttributes(geometry, many(50, 100), 240).kind, 'unsupported');
  const large = encodeAttributes(geometry, [{ name: 'user.large', value: Buffer.alloc(4000) }], 240);
  assert.equal(large.kind === 'unsupported' && large.name, 'large');
});

test('a namespace that XFS does not have is refused by name', () => {
  assert.deepEqual(encodeAttributes(geometry, [{ name: 'system.nfs4_acl', value }], 240), {
    kind: 'unsupported',
    name: 'system.nfs4_acl',
    why: 'its namespace is not one that XFS stores',
  });
});
