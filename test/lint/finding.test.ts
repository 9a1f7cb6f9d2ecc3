import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFindings, type Finding } from '../../src/lint/finding.js';

test('findings are ordered by path, place and check', () => {
  const at = (path: string, line: number, column: number, check: Finding['check']): Finding => ({
    check,
    severity: 'error',
    path,
    line,
    column,
    message: '',
  });
  const ordered = [
    at('a', 1, 1, 'sete'),
    at('a', 1, 1, 'setu'),
    at('a', 1, 2, 'indent'),
    at('a', 10, 1, 'indent'),
    at('b', 2, 1, 'yaml'),
  ];
  assert.deepEqual([...ordered].reverse().sort(compareFindings), ordered);
});
