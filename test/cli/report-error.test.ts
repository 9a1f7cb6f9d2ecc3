import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildError, BuildErrors } from '../../src/base/build-error.js';
import { reportError } from '../../src/cli/report-error.js';

function report(error: unknown, usageStatus = 2) {
  let text = '';
  const status = reportError(error, usageStatus, {
    writeError: (part) => {
      text += part;
    },
  });
  return { status, text };
}

test('expected faults are printed without a stack, with their own status', () => {
  const fault = new BuildError({ code: 'HOOK_FAILED', message: 'hook failed', hint: 'look', exitStatus: 7 });
  assert.deepEqual(report(fault), { status: 7, text: 'error HOOK_FAILED: hook failed\n  hint: look\n' });
});

test('a wrong command line has the status of the command', () => {
  assert.deepEqual(report(new BuildError({ code: 'USAGE', message: 'no' })), { status: 2, text: 'error USAGE: no\n' });
});

test('several faults are printed one after another', () => {
  const faults = ['a', 'b'].map((message) => new BuildError({ code: 'YAML_INVALID', message }));
  assert.deepEqual(report(new BuildErrors(faults)), {
    status: 1,
    text: 'error YAML_INVALID: a\nerror YAML_INVALID: b\n',
  });
});

test('a bug is shown with its stack and has a status of its own', () => {
  const { status, text } = report(new TypeError('x is undefined'));
  assert.equal(status, 70);
  assert.match(text, /^Internal error: TypeError: x is undefined\n {4}at /);
  assert.match(
    report(new Error('Internal error: unexpected value')).text,
    /^Internal error: Error: unexpected value\n/,
  );
  assert.deepEqual(report('text'), { status: 70, text: 'Internal error: text\n' });
});
