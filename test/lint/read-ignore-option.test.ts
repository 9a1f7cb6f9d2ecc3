import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIgnoreOption } from '../../src/lint/read-ignore-option.js';

test('the option of the section is read, over several lines too', () => {
  const text =
    '[tox]\nignore = other\n\n[dib-lint]\n# ignore = no\nignore = sete setu\n  indent\nelse = x\n[testenv]\nignore = y\n';
  assert.deepEqual(readIgnoreOption(text), ['sete', 'setu', 'indent']);
  assert.deepEqual(readIgnoreOption('[tox]\n'), []);
});
