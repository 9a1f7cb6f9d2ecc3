import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { quoteForShell } from '../../src/cli/quote-for-shell.js';

test('plain words stay, others are quoted', () => {
  assert.equal(quoteForShell('out/x-1_2.qcow2'), 'out/x-1_2.qcow2');
  assert.equal(quoteForShell('a b'), "'a b'");
  assert.equal(quoteForShell(''), "''");
  assert.equal(quoteForShell("it's"), `'it'"'"'s'`);
});

test('the shell reads every word back', () => {
  const words = ['~/x', '$HOME', 'a\nb', '`id`', '"', '\\', '*', '-n', "''", 'é'];
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(quoteForShell).join(' ')}`], {
    encoding: 'utf8',
  });
  assert.deepEqual(stdout.split('\0').slice(0, -1), words);
});
