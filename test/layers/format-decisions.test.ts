import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecisions, formatLayers } from '../../src/layers/format-decisions.js';

test('each step has a line and its causes', () => {
  assert.equal(
    formatDecisions({
      imagePath: '/o/image',
      startedMs: 0,
      outcome: 'done',
      stack: [],
      decisions: [
        {
          phase: 'install',
          hooks: ['10-a', '20-b', '30-c'],
          elements: ['one', 'one', 'two'],
          outcome: 'reused',
          because: [],
          durationMs: 1500,
          depth: 1,
        },
        {
          phase: 'finalise',
          hooks: ['10-c'],
          outcome: 'run',
          because: ['variable X changed'],
          durationMs: 20,
          depth: 2,
        },
      ],
    }),
    [
      '/o/image: last build 1970-01-01T00:00:00.000Z, done',
      'reused  install.d: 10-a, 20-b of element one, 30-c of element two  (saved 1.5 s)',
      'run     finalise.d: 10-c  (took 20 ms)',
      '        variable X changed',
      'Reused what took 1.5 s, ran for 20 ms',
      '',
    ].join('\n'),
  );
});

test('layers come as a table with a sum', () => {
  const layer = {
    id: 'ab',
    contentDigest: '',
    tableDigest: '',
    sizeBytes: 2048,
    entryCount: 3,
    hasRootAttributes: false,
    bootId: '',
  };
  assert.equal(
    formatLayers([{ layer, lastUsedMs: 0 }]),
    'ab       2 KiB       3 entries  used 1970-01-01T00:00:00.000Z\n1 layers, 2 KiB\n',
  );
});
