import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCommand } from '../../src/formats/tar-zst.js';

test('zstd uses all processors and writes to its standard output', () => {
  assert.deepEqual(zstdCommand(), { program: 'zstd', arguments: ['-q', '-T0', '-c'] });
});
