import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCommand } from '../../src/process/format-command.js';

test('words are quoted only where a shell needs it', () => {
  assert.equal(
    formatCommand({ program: 'mke2fs', arguments: ['-L', "root's disk", '/tmp/a.raw', '', '*'] }),
    "mke2fs -L 'root'\\''s disk' /tmp/a.raw '' '*'",
  );
});
