import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareLines } from '../../src/layers/compare-lines.js';

test('the lines that differ are named with what they were and are', () => {
  assert.equal(compareLines('a\nb\nc\n', 'a\nB\nc\n'), 'line 2: "b" became "B"');
  assert.equal(compareLines('a\nc\n', 'a\nb\nc\n'), 'line 2 is new: "b"');
  assert.equal(compareLines('a\nb\nc\n', 'a\nc\n'), 'line 2 is gone: "b"');
  assert.equal(compareLines('', 'a\n'), 'line 1 is new: "a"');
  assert.equal(compareLines('a\n', 'a\nb\nc\n'), 'lines 2 to 3 are new: "b" …');
  assert.equal(compareLines('a\nb\nc\nd\n', 'a\nx\nd\n'), 'lines 2 to 3: "b" … became "x" …');
  assert.equal(compareLines('a\n', 'a'), 'the end of the last line');
});

test('equal texts and binary files have no such lines', () => {
  assert.equal(compareLines('a\n', 'a\n'), undefined);
  assert.equal(compareLines('a\0', 'b\n'), undefined);
});
