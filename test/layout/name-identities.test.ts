import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskGuid, diskSignature, fileSystemUuid, lvmId, partitionGuid } from '../../src/layout/name-identities.js';
import type { Identities } from '../../src/model/ports.js';
import { seededIdentities } from './seeded-identities.js';

const asked: string[] = [];
const recording: Identities = {
  uuid(purpose) {
    asked.push(purpose);
    return 'abcdef01-0000-4000-8000-000000000000';
  },
  bytes(purpose, count) {
    asked.push(`${purpose} ${count}`);
    return Uint8Array.from({ length: count }, (_, index) => index + 1);
  },
};

test('each object has a purpose of its own', () => {
  assert.equal(diskSignature(recording, 'image0'), 0x04030201);
  assert.equal(diskGuid(recording, 'image0'), 'ABCDEF01-0000-4000-8000-000000000000');
  assert.equal(partitionGuid(recording, 'image0', 'root'), 'ABCDEF01-0000-4000-8000-000000000000');
  assert.equal(fileSystemUuid(recording, 'mkfs_root', 'ext4'), 'abcdef01-0000-4000-8000-000000000000');
  assert.equal(fileSystemUuid(recording, 'mkfs_ESP', 'vfat'), '0102-0304');
  assert.equal(fileSystemUuid(recording, 'mkfs_win', 'ntfs'), '0102030405060708');
  assert.equal(lvmId(recording, 'pv:pv'), '123456789abcdefghijklmnopqrstuvw');
  assert.deepEqual(asked, [
    'mbr-disk-signature:image0 4',
    'gpt-disk-guid:image0',
    'gpt-partition-guid:image0/root',
    'file-system-uuid:mkfs_root',
    'file-system-uuid:mkfs_ESP 4',
    'file-system-uuid:mkfs_win 8',
    'lvm-id:pv:pv 32',
  ]);
});

test('a signature is never 0', () => {
  const zeros: Identities = { ...seededIdentities, bytes: (_, count) => new Uint8Array(count) };
  assert.equal(diskSignature(zeros, 'image0'), 1);
});

test('an LVM id has 32 letters and digits', () => {
  assert.match(lvmId(seededIdentities, 'vg:vg'), /^[0-9a-zA-Z]{32}$/);
});
