import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showHelp } from '../../src/cli/show-help.js';
import { openRecordingWorld } from './recording-world.js';

test('help goes to standard output under the name that was called', (context) => {
  const row = {
    name: 'paths',
    summary: 'Print paths.',
    operands: 'lib',
    operandKind: { kind: 'none' },
    options: [],
    usageStatus: 1,
  } as const;
  const world = openRecordingWorld(context);
  assert.equal(showHelp({ programName: 'dib', row, arguments: [], world }), 0);
  assert.deepEqual(world.written, { out: 'Usage: dib paths lib\n\nPrint paths.\n', error: '' });
});
