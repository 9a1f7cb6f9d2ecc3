import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProfilingBlock } from '../../src/report/profiling-block.js';

test('the block has a row for each hook in byte order, seconds with three decimals', () => {
  assert.deepEqual(
    formatProfilingBlock('install', [
      { hook: '99-last', durationMs: 61_234.4 },
      { hook: '100-first-in-bytes', durationMs: 5 },
    ]),
    [
      'dib-run-parts ----------------------- PROFILING -----------------------',
      'dib-run-parts',
      'dib-run-parts Target: install.d',
      'dib-run-parts',
      'dib-run-parts Script                                     Seconds',
      'dib-run-parts ---------------------------------------  ----------',
      'dib-run-parts',
      'dib-run-parts 100-first-in-bytes                            0.005',
      'dib-run-parts 99-last                                      61.234',
      'dib-run-parts',
      'dib-run-parts --------------------- END PROFILING ---------------------',
    ],
  );
});
