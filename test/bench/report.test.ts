import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CaseReport, computeRatios, formatReport } from '../../bench/report.js';

const report: CaseReport = {
  name: 'cold',
  title: 'an image',
  measurements: [
    { name: 'ours', unit: 's', values: [10, 12, 11], loads: [0.5, 1, 0.75] },
    { name: 'original', unit: 's', values: [120, 110, 100], loads: [0.25, 0.5, 0.5] },
    { name: 'memory', unit: 'MB', values: [101.5, 99, 150], loads: [] },
  ],
  comparisons: [
    { ours: 'ours', theirs: 'original', goal: 0.6 },
    { ours: 'ours', theirs: 'absent' },
  ],
  limits: [{ name: 'memory', atMost: 200 }],
  notes: ['ours: version 1'],
};

test('a report tells medians with spread and load, ratios with goals, and notes', () => {
  assert.equal(
    formatReport(report),
    [
      'cold: an image',
      '                                 median     min..max  rounds        load before',
      '  ours                           11.0 s   10.0..12.0       3           0.5..1.0',
      '  original                        110 s     100..120       3           0.3..0.5',
      '  memory (goal: at most 200 MB)  102 MB    99.0..150       3',
      '  ours / original                  0.10  0.083..0.11       3  goal: at most 0.6',
      '  ours: version 1',
      '',
    ].join('\n'),
  );
});

test('only what was measured is compared', () => {
  assert.deepEqual(computeRatios(report), [
    {
      ours: 'ours',
      theirs: 'original',
      goal: 0.6,
      ratio: { median: 11 / 110, min: 10 / 120, max: 11 / 100, count: 3 },
    },
  ]);
});

test('a case without measurements has its notes only', () => {
  assert.equal(
    formatReport({
      name: 'warm',
      title: 'rebuilds',
      measurements: [],
      comparisons: [],
      limits: [],
      notes: ['skipped'],
    }),
    'warm: rebuilds\n  skipped\n',
  );
});
