import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseMountPoint, readFstab, readMount } from '../../src/layout/read-mount.js';
import { readFirstEntry } from './first-entry.js';

test('mount points are normalised', () => {
  for (const [text, path] of [
    ['/', '/'],
    ['/var/', '/var'],
    ['//var//log', '/var/log'],
    ['/var/./log/.', '/var/log'],
  ] as const)
    assert.equal(normaliseMountPoint(text), path);
  assert.deepEqual(normaliseMountPoint('var'), { reason: 'a mount point is an absolute path' });
  assert.deepEqual(normaliseMountPoint('/a/../b'), { reason: 'a mount point cannot contain ".."' });
});

test('a mount keeps its mount point as written', () => {
  const { result } = readFirstEntry('- mount: { base: fs, mount_point: /var/ }', readMount);
  assert.deepEqual([result.name, result.fileSystem, result.mountPoint], ['mount_fs', 'fs', '/var/']);
});

test('fstab has defaults', () => {
  const fields = (keys: string) => readFirstEntry(`- fstab: { base: m, ${keys} }`, readFstab).result.fields;
  assert.deepEqual(fields('name: x'), { options: 'defaults', dumpFrequency: 0, passNumber: 2 });
  assert.deepEqual(fields('options: "rw,relatime", dump-freq: 1, fsck-passno: 1'), {
    options: 'rw,relatime',
    dumpFrequency: 1,
    passNumber: 1,
  });
});
