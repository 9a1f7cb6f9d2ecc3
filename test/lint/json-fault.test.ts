import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findJsonFault } from '../../src/lint/json-fault.js';

test('good JSON has no fault', () => {
  assert.equal(findJsonFault('{"a": [1, "x"]}'), undefined);
});

test('a fault is found at its character, also where the runtime names none', () => {
  const offsets = ['family:\n  a: b\n', '{"a": 1,}', '{"a": tru}', '{"a": 1', "{'a': 1}", '{"a": 1} x', ''].map(
    (text) => findJsonFault(text)?.offset,
  );
  assert.deepEqual(offsets, [2, 8, 9, 7, 1, 9, 0]);
});
