import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderImageKeys } from '../../src/cli/render-image-keys.js';

test('each key has its values and its meaning', () => {
  const text = renderImageKeys(80);
  assert.ok(text.startsWith('Each file is a YAML list of images. An image has these keys, all optional:\n'));
  assert.ok(text.includes('\n  debug-trace: 0 | 1 | 2\n      Trace level of the hooks.\n'));
  assert.ok(text.includes('\n  environment: {name: text, …}\n'));
  assert.ok(text.includes('\n  packages: [text, …]\n'));
  assert.ok(text.includes('\n  image-size: whole number\n'));
  assert.ok(text.includes('\n  offline: true | false\n'));
  assert.ok(text.includes('\n  install-type: source | package\n'));
  assert.ok(text.includes('\n  types: [qcow2 | raw | '));
});
