import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactEvent } from '../../src/report/redact-event.js';
import { openRedaction } from '../../src/report/redact-secrets.js';

test('a secret that is also a word of the stream does not break the stream', () => {
  assert.deepEqual(
    redactEvent(
      { kind: 'hook-started', atMs: 5, phase: 'install', hook: '10-install', element: 'install' },
      openRedaction(['install', 'hook-started']),
    ),
    { kind: 'hook-started', atMs: 5, phase: 'install', hook: '10-***', element: '***' },
  );
});
