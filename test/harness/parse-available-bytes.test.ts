import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAvailableBytes } from '../../src/harness/parse-available-bytes.js';

test('the available memory is read in bytes', () => {
  assert.equal(parseAvailableBytes('MemTotal:  100 kB\nMemAvailable:   24 kB\nBuffers: 1 kB\n'), 24 * 1024);
});

test('a kernel that does not tell is not guessed', () => {
  assert.equal(parseAvailableBytes('MemFree: 1 kB\n'), undefined);
  assert.equal(parseAvailableBytes(''), undefined);
});
