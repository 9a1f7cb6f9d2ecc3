import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeShortDirectory, hashXfsName, layOutDirectory } from '../../../src/disk/xfs/directory.js';
import { geometry } from './xfs-values.js';

function names(count: number, length: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: Buffer.from(`${index}`.padEnd(length, 'x')),
    inode: 200 + index,
    fileType: 1,
  }));
}

test('the hash is the one of the kernel: "." and ".." are their own bytes', () => {
  assert.equal(hashXfsName(Buffer.from('.')), 0x2e);
  assert.equal(hashXfsName(Buffer.from('..')), 0x172e);
  // From `xfs_db -c "hash lost+found"`.
  assert.equal(hashXfsName(Buffer.from('lost+found')).toString(16), '21aa60c');
});

test('a small directory lies in its inode, with the places that its names would have in a block', () => {
  const directory = { inode: 128, parentInode: 128, names: [{ name: Buffer.from('etc'), inode: 131, fileType: 2 }] };
  assert.equal(
    encodeShortDirectory(directory, 336)?.toString('hex'),
    '0100' + '00000080' + '03' + '0060' + '657463' + '02' + '00000083',
  );
  const far = { ...directory, names: [{ name: Buffer.from('a'), inode: 2 ** 33, fileType: 1 }] };
  assert.equal(
    encodeShortDirectory(far, 336)?.toString('hex'),
    '0101' + '0000000000000080' + '01' + '0060' + '61' + '01' + '0000000200000000',
  );
  assert.equal(encodeShortDirectory({ ...directory, names: names(30, 10) }, 336), undefined);
});

test('larger ones take one block, blocks with an index, and a tree of indexes with a list of free space', () => {
  const blocksOf = (count: number, length: number) => {
    const { blocks, sizeBytes } = layOutDirectory(geometry, {
      inode: 131,
      parentInode: 128,
      names: names(count, length),
    });
    const place = { group: 0, block: 50 };
    return [sizeBytes, ...blocks.map(({ fileBlock, encode }) => `${fileBlock} ${magicOf(encode(place))}`)];
  };
  assert.deepEqual(blocksOf(40, 10), [4096, '0 XDB3']);
  assert.deepEqual(blocksOf(200, 10), [8192, '0 XDD3', '1 XDD3', '8388608 3df1']);
  assert.deepEqual(blocksOf(600, 4), [
    12_288,
    '0 XDD3',
    '1 XDD3',
    '2 XDD3',
    '8388608 3ebe',
    '8388609 3dff',
    '8388610 3dff',
    '16777216 XDF3',
  ]);
});

test('free space of more data blocks than one list holds goes into a second one', () => {
  const { blocks } = layOutDirectory(geometry, { inode: 131, parentInode: 128, names: names(34_000, 240) });
  const lists = blocks.filter(({ fileBlock }) => fileBlock >= 16_777_216);
  const [, second] = lists.map(({ encode }) => encode({ group: 0, block: 50 }));
  assert.equal(lists.length, 2);
  // 16 names of 256 bytes would need 4096 bytes, the header leaves room for 15.
  assert.deepEqual([second?.readUInt32BE(48), second?.readUInt32BE(52)], [2016, Math.ceil(34_002 / 15) - 2016]);
});

function magicOf(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 4);
  return text.startsWith('X') ? text : bytes.readUInt16BE(8).toString(16);
}
