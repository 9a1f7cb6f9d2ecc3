import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJunit, type TestReport } from '../../src/harness/format-junit.js';

const report: TestReport = {
  element: 'a',
  name: 'one',
  outcome: 'passed',
  because: 'made image.tar',
  durationMs: 1234.5,
  lastLines: ['not shown'],
};

test('a report has a suite for each element, with counts and times', () => {
  const text = formatJunit([
    report,
    {
      ...report,
      name: 'two',
      outcome: 'failed',
      because: 'said "no" & left',
      lastLines: ['a <b>', '\u001b[1mred\u0000'],
    },
    { ...report, element: 'b', name: 'three', outcome: 'skipped', because: 'why\nnot', durationMs: 0 },
  ]);
  assert.equal(
    text,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="dib test" tests="3" failures="1" errors="0" skipped="1" time="2.469">
  <testsuite name="a" tests="2" failures="1" errors="0" skipped="0" time="2.469">
    <testcase classname="a" name="one" time="1.234"/>
    <testcase classname="a" name="two" time="1.234">
      <failure message="said &quot;no&quot; &amp; left">a &lt;b&gt;
[1mred</failure>
    </testcase>
  </testsuite>
  <testsuite name="b" tests="1" failures="0" errors="0" skipped="1" time="0.000">
    <testcase classname="b" name="three" time="0.000">
      <skipped message="why&#10;not"/>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test('nothing that ran is a report too', () => {
  assert.equal(
    formatJunit([]),
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dib test" tests="0" failures="0" errors="0" skipped="0" time="0.000">\n</testsuites>\n',
  );
});
