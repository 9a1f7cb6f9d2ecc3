import assert from 'node:assert/strict';
import { test } from 'node:test';
import { superviseChild } from '../../src/process/supervise.js';

const start = (script: string, message: string) =>
  superviseChild({
    program: '/bin/bash',
    arguments: ['--norc', '-c', script],
    environment: { PATH: '/usr/bin:/bin' },
    workingDirectory: '/',
    message,
  });

test('the child reads its message on descriptor 3 and its exit status comes back', async () => {
  assert.equal(await start('read -r line <&3; [ "$line" = "the plan" ] && exit 7; exit 1', 'the plan').exit, 7);
});

test('a later line reaches the child', async () => {
  const child = start('read -r first <&3; read -r second <&3; [ "$second" = stop ] && exit 5; exit 1', 'plan');
  child.send('stop');
  assert.equal(await child.exit, 5);
});

test('a signal is told as 128 and its number, and a line to a dead child is no fault', async () => {
  const child = start('kill -TERM $$', 'plan');
  assert.equal(await child.exit, 143);
  child.send('stop');
});
