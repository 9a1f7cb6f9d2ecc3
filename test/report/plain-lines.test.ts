import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPlainLines } from '../../src/report/plain-lines.js';
import { failingEvents, sampleEvents } from './sample-events.js';

test('a build reads from top to bottom', () => {
  const linesOf = openPlainLines({ showsDebug: false });
  assert.deepEqual(
    sampleEvents.flatMap((event) => linesOf(event)),
    [
      'diskimage-builder 1.2.3: qcow2',
      'Building elements: base vm',
      'Step 1 of 2: install',
      'Phase install: 2 hooks in the target',
      'dib-run-parts Running install.d/01-a (element base, 1 of 2)',
      'Setting up bash (5.2) ...',
      'dib-run-parts 01-a completed',
      'dib-run-parts Running install.d/02-b (element vm, 2 of 2)',
      'dib-run-parts 02-b reused',
      'dib-run-parts ----------------------- PROFILING -----------------------',
      'dib-run-parts',
      'dib-run-parts Target: install.d',
      'dib-run-parts',
      'dib-run-parts Script                                     Seconds',
      'dib-run-parts ---------------------------------------  ----------',
      'dib-run-parts',
      'dib-run-parts 01-a                                          2.000',
      'dib-run-parts 02-b                                          0.010',
      'dib-run-parts',
      'dib-run-parts --------------------- END PROFILING ---------------------',
      'Step install done in 2.0 s',
      'Step 2 of 2: write qcow2',
      'warning: little space',
      `Wrote /out/image.qcow2 (qcow2, 3 MiB) sha256:${'a'.repeat(64)}`,
      'Step write qcow2 done in 5 ms',
      'Timings:',
      '  install           2.0 s  1 of 2 hooks reused',
      '  write qcow2        5 ms',
      '  slowest: install.d/01-a of element base, 2.0 s',
      'Build completed in 2.0 s',
    ],
  );
});

test('a failed hook is named with phase, element and status, and has no profiling block', () => {
  const linesOf = openPlainLines({ showsDebug: false });
  assert.deepEqual(failingEvents.flatMap((event) => linesOf(event)).slice(4), [
    'dib-run-parts Running install.d/50-app (element my-app, 1 of 1)',
    'fetching app',
    'curl: (6) Could not resolve host',
    'error: phase install: hook 50-app of element my-app failed with status 6 after 1.5 s',
    'Step install failed after 1.5 s',
    'cleaning up',
    'Build failed after 1.5 s, exit status 6',
  ]);
});

test('debug messages are lines only when asked for, and each line of a message stands alone', () => {
  const event = { kind: 'message', atMs: 0, level: 'debug', text: 'one\ntwo' } as const;
  assert.deepEqual(openPlainLines({ showsDebug: false })(event), []);
  assert.deepEqual(openPlainLines({ showsDebug: true })(event), ['debug: one', 'debug: two']);
});
