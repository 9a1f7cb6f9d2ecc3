import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfTable, parseLayerTable } from '../../src/layers/layer-entry.js';

const table =
  'b\0f 644 0 5 3 8 1 77\x0011.5\0\0a\0l 777 0 0 1 0 1 78\x0012.5\0target\0\0d 755 0 0 4096 8 2 76\x0013.0\0\0';

test('entries are parsed and sorted', () => {
  const entries = parseLayerTable(table);
  assert.deepEqual(
    entries.map((entry) => [entry.path, entry.kind]),
    [
      ['', 'd'],
      ['a', 'l'],
      ['b', 'f'],
    ],
  );
  assert.deepEqual(entries[2], {
    path: 'b',
    kind: 'f',
    mode: '644',
    userId: 0,
    groupId: 5,
    sizeBytes: 3,
    usedBytes: 4096,
    linkCount: 1,
    inode: '77',
    modified: '11.5',
    linkText: '',
  });
});

test('the digest sees modes, sizes and times, not the sizes of directories', () => {
  const digest = digestOfTable(parseLayerTable(table));
  assert.equal(digestOfTable(parseLayerTable(table.replace('4096', '8192'))), digest);
  for (const [from, to] of [
    ['f 644', 'f 600'],
    ['0 5 3', '0 5 4'],
    ['11.5', '11.6'],
    ['target', 'targex'],
  ] as const)
    assert.notEqual(digestOfTable(parseLayerTable(table.replace(from, to))), digest, to);
});
