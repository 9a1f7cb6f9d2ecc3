import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintFiles } from './lint-files.js';

test('good YAML of several documents, and good JSON, are fine', async (context) => {
  assert.deepEqual(
    await lintFiles(context, { 'a/x.yaml': 'a: yes\n---\nb: 1\n', 'a/y.json': '{}\n', 'a/z.yaml': '' }),
    [],
  );
});

test('faults have line and column', async (context) => {
  assert.deepEqual(
    await lintFiles(context, {
      'a/x.yaml': 'a: 1\nb: "x\n',
      'a/y.json': '{\n  "a": 1,\n}\n',
      'a/z.yaml': 'a: 1\nb: 2\na: 3\n',
    }),
    ['a/x.yaml:3:1 yaml', 'a/y.json:3:1 json', 'a/z.yaml:3:1 yaml-key'],
  );
});

test('block-device files have to describe a disk', async (context) => {
  const good =
    '- local_loop:\n    name: image0\n- mkfs:\n    base: image0\n    name: mkfs_root\n    mount:\n      mount_point: /\n';
  assert.deepEqual(
    await lintFiles(context, {
      'a/block-device-default.yaml': good,
      'b/block-device-amd64.yaml': good.replace('base: image0', 'base: image1'),
    }),
    ['b/block-device-amd64.yaml:4:11 block-device'],
  );
});
