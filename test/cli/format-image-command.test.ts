import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatImageCommand } from '../../src/cli/format-image-command.js';

test('a command is a line that can be pasted', () => {
  assert.equal(
    formatImageCommand({
      programName: 'disk-image-create',
      arguments: ['-o', 'my image', '--', 'vm'],
      environment: { A: '1 2', B: 'x' },
    }),
    "A='1 2' B=x disk-image-create -o 'my image' -- vm",
  );
});
