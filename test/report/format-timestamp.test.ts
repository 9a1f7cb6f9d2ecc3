import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimestamp } from '../../src/report/format-timestamp.js';

test('a time is written in UTC with milliseconds', () => {
  assert.equal(formatTimestamp(0), '1970-01-01 00:00:00.000');
  assert.equal(formatTimestamp(Date.UTC(2024, 1, 29, 23, 59, 58, 7)), '2024-02-29 23:59:58.007');
});
