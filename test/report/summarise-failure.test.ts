import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError, BuildErrors } from '../../src/base/build-error.js';
import { openSummaryCollector } from '../../src/report/collect-summary.js';
import { summariseFailure } from '../../src/report/summarise-failure.js';
import { failingEvents } from './sample-events.js';

const collector = openSummaryCollector();
for (const event of failingEvents) collector.take(event);
const summary = collector.summary();

test('a failed hook is named with phase, element and status, then its last lines and how to look closer', () => {
  assert.equal(
    summariseFailure({
      error: new BuildError({ code: 'HOOK_FAILED', message: 'hook failed', hint: 'is the network up?', exitStatus: 6 }),
      summary,
      lookCloser: 'break=after-error disk-image-create my-app',
      logPath: '/var/log/build.log',
    }),
    [
      'error HOOK_FAILED: install.d/50-app of element "my-app" exited with 6 after 1.5 s',
      '  fetching app',
      '  curl: (6) Could not resolve host',
      '  hint: is the network up?',
      '  look closer: break=after-error disk-image-create my-app',
      '  log: /var/log/build.log',
    ].join('\n'),
  );
});

test('several faults are a block each', () => {
  assert.equal(
    summariseFailure({
      error: new BuildErrors([
        new BuildError({ code: 'USAGE', message: 'unknown flag --x' }),
        new BuildError({ code: 'ELEMENT_NOT_FOUND', message: 'element "vmm" not found', hint: 'did you mean "vm"?' }),
      ]),
      summary: { elements: [], steps: [], phases: [], artifacts: [], lastLines: [] },
    }),
    'error USAGE: unknown flag --x\nerror ELEMENT_NOT_FOUND: element "vmm" not found\n  hint: did you mean "vm"?',
  );
});

test('a bug keeps its stack and is called an internal error once', () => {
  const text = summariseFailure({ error: new Error('Internal error: unexpected value 1'), summary });
  const [first, second] = text.split('\n');
  assert.equal(first, 'Internal error: unexpected value 1');
  assert.match(second ?? '', /^ {4}at /);
  assert.equal(summariseFailure({ error: 'text', summary }), 'Internal error: text');
});
