import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNames } from '../../src/lint/check-table.js';
import type { LintResult } from '../../src/lint/lint-elements.js';
import { renderChecks, renderClassic, renderJson, renderSarif, renderText } from '../../src/lint/render-findings.js';

const file = {
  absolutePath: '/e/a/x',
  path: 'e/a/x',
  relativePath: 'x',
  element: 'a',
  role: { kind: 'declaration' },
  kind: 'file',
  isExecutable: false,
  disabledChecks: new Set<string>(),
} as const;

const result: LintResult = {
  elementCount: 1,
  files: [file, { ...file, path: 'e/a/y' }],
  findings: [
    { check: 'sete', severity: 'error', path: 'e/a/x', line: 1, column: 1, message: 'no line set -e', element: 'a' },
    {
      check: 'network',
      severity: 'warning',
      path: 'e/a/x',
      line: 2,
      column: 3,
      message: 'curl',
      hint: 'cache',
      element: 'a',
    },
  ],
};

test('text has a line for each finding, and a sum', () => {
  assert.equal(
    renderText(result),
    'e/a/x:1:1: error: no line set -e (sete)\ne/a/x:2:3: warning: curl (network)\n  hint: cache\n1 element, 2 files: 1 error, 1 warning\n',
  );
});

test('JSON has the same', () => {
  assert.deepEqual(JSON.parse(renderJson(result)), { elements: 1, files: 2, findings: result.findings });
});

test('SARIF names the rule of each result', () => {
  const log = JSON.parse(renderSarif(result, '1.2.3'));
  assert.equal(log.version, '2.1.0');
  const [run] = log.runs;
  assert.equal(run.tool.driver.rules.length, checkNames.length);
  for (const found of run.results) assert.equal(run.tool.driver.rules[found.ruleIndex].id, found.ruleId);
  assert.deepEqual(run.results[1].locations[0].physicalLocation, {
    artifactLocation: { uri: 'e/a/x' },
    region: { startLine: 2, startColumn: 3 },
  });
});

test('the classic form fails only for classic checks', () => {
  assert.deepEqual(renderClassic(result), {
    text: 'Checking e/a/x\nERROR: e/a/x:1:1: no line set -e (sete)\nWARNING: e/a/x:2:3: curl (network)\nChecking e/a/y\n*** FAIL: Some checks failed\n',
    hasFailed: true,
  });
  assert.deepEqual(renderClassic({ ...result, findings: [] }), {
    text: 'Checking e/a/x\nChecking e/a/y\nPASS\n',
    hasFailed: false,
  });
});

test('every check is listed with its severity', () => {
  const lines = renderChecks().trimEnd().split('\n');
  assert.equal(lines.length, checkNames.length);
  assert.match(lines[0] ?? '', /^readme +error {4}An element has a README/);
});
