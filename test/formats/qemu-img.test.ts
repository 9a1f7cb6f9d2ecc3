import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Conversion, convertCommand, progressReader } from '../../src/formats/qemu-img.js';

const plain: Conversion = {
  rawDiskPath: '/raw',
  outputPath: '/out',
  format: 'qcow2',
  compress: true,
  isReproducible: false,
  cpuCount: 2,
};
const convert = (change: Partial<Conversion>): string => convertCommand({ ...plain, ...change }).arguments.join(' ');

test('qcow2 is compressed with zstd, out of order', () => {
  assert.equal(convert({}), 'convert -p -c -W -m 8 -f raw -O qcow2 -o compression_type=zstd /raw /out');
});

test('-u gives a plain qcow2', () => {
  assert.equal(convert({ compress: false }), 'convert -p -W -m 8 -f raw -O qcow2 /raw /out');
});

test('options of the caller join, and choose another compression or version', () => {
  const options = (qemuImgOptions: string): string => / -o (\S+) /.exec(convert({ qemuImgOptions }))?.[1] ?? '';
  assert.equal(options('cluster_size=2M'), 'compression_type=zstd,cluster_size=2M');
  assert.equal(options('compression_type=zlib'), 'compression_type=zlib');
  assert.equal(options('cluster_size=2M,compat=0.10'), 'cluster_size=2M,compat=0.10');
  assert.equal(options('compat=v2'), 'compat=v2');
  assert.equal(options('compat=1.1'), 'compression_type=zstd,compat=1.1');
});

test('a reproducible conversion is written in order', () => {
  assert.equal(
    convert({ isReproducible: true }),
    'convert -p -c -m 8 -f raw -O qcow2 -o compression_type=zstd /raw /out',
  );
});

test('other formats are never compressed and get the caller’s options too', () => {
  assert.equal(
    convert({ format: 'vmdk', qemuImgOptions: 'subformat=streamOptimized' }),
    'convert -p -W -m 8 -f raw -O vmdk -o subformat=streamOptimized /raw /out',
  );
  assert.equal(convert({ format: 'vdi' }), 'convert -p -m 8 -f raw -O vdi /raw /out');
});

test('the number of coroutines follows the processors up to the program’s limit', () => {
  assert.match(convert({ cpuCount: 6 }), / -m 12 /);
  assert.match(convert({ cpuCount: 64 }), / -m 16 /);
});

test('progress is read from pieces of any length, each percent once', () => {
  const shares: number[] = [];
  const read = progressReader((share) => shares.push(share));
  for (const piece of ['    (0.00/100%)\r    (0.', '50/100%)\r    (12.3', '4/100%)\r    (100.00/100%)\r\n'])
    read(piece);
  assert.deepEqual(shares, [0, 0.12, 1]);
});
