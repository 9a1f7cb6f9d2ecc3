import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScript } from '../../src/lint/parse-script.js';

function unwrapped(line: string) {
  const [command] = parseScript(`${line}\n`).commands;
  return {
    words: [command?.name, ...(command?.arguments ?? []).map((word) => word.text)],
    isSudo: command?.isSudo,
    isInRoot: command?.isInRoot,
  };
}

test('sudo, env and their options are taken off', () => {
  assert.deepEqual(unwrapped('sudo -u root env -i LC_ALL=C rm -f x'), {
    words: ['rm', '-f', 'x'],
    isSudo: true,
    isInRoot: false,
  });
});

test('chroot and timeout take an operand of their own', () => {
  assert.deepEqual(unwrapped('sudo chroot "$TARGET_ROOT" apt-get update'), {
    words: ['apt-get', 'update'],
    isSudo: true,
    isInRoot: true,
  });
  assert.deepEqual(unwrapped('timeout -k 5 10 curl x').words, ['curl', 'x']);
});

test('a wrapper that only asks stays, and so does one without a command', () => {
  assert.deepEqual(unwrapped('command -v systemctl').words, ['command', '-v', 'systemctl']);
  assert.deepEqual(unwrapped('exec').words, ['exec']);
});
