import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWriters } from '../../src/layers/parse-writers.js';

test('layers and packages are read, what a package program says beside them is not', () => {
  const text =
    'path /etc/a b\nremoved 0\nwrote 2 regular-empty-file\nfile /etc/a is not owned by any package\npackage greeter 1.2-3\n';
  assert.deepEqual(parseWriters(text), {
    path: '/etc/a b',
    changes: [
      { index: 0, action: 'removed' },
      { index: 2, action: 'wrote', kind: 'regular empty file' },
    ],
    packages: [{ name: 'greeter', version: '1.2-3' }],
  });
});
