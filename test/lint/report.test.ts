import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LintFile } from '../../src/lint/lint-file.js';
import { openReporter } from '../../src/lint/report.js';

function fileOf(text: string, disabledChecks: readonly string[] = []): LintFile {
  return {
    absolutePath: '/e/x',
    path: 'e/x',
    relativePath: 'x',
    element: 'e',
    role: { kind: 'other' },
    kind: 'file',
    isExecutable: false,
    text,
    disabledChecks: new Set(disabledChecks),
  };
}

test('an offset becomes a line and a column in characters', () => {
  const { report, findings } = openReporter({ severities: new Map() });
  report({ check: 'network', file: fileOf('a\n😀bc\n'), message: 'm', offset: 4 });
  assert.deepEqual(findings, [
    { check: 'network', severity: 'warning', path: 'e/x', line: 2, column: 2, message: 'm', element: 'e' },
  ]);
});

test('what the file, the line or the caller switches off is left out', () => {
  const { report, findings } = openReporter({
    severities: new Map([
      ['setu', 'off'],
      ['network', 'error'],
    ]),
  });
  report({ check: 'sete', file: fileOf('a\n', ['sete']), message: 'file' });
  report({ check: 'which', file: fileOf('a \\\n  b # dib-lint: which\n'), message: 'line', line: 1 });
  report({ check: 'setu', file: fileOf('a\n'), message: 'caller' });
  report({ check: 'network', file: fileOf('a # dib-lint: which\n'), message: 'kept' });
  assert.deepEqual(
    findings.map(({ message, severity }) => [message, severity]),
    [['kept', 'error']],
  );
});
