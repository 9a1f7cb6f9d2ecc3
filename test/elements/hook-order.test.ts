import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { compareHookNames } from '../../src/elements/hook-order.js';

test('hooks run by leading number, then by bytes', () => {
  const names = ['100-x', '10-x', '9-x', '010-x', 'late', '-5-early', '01-first', '-', '00-zero', 'Upper', '_'];
  assert.deepEqual([...names].sort(compareHookNames), [
    '-5-early',
    '-',
    '00-zero',
    'Upper',
    '_',
    'late',
    '01-first',
    '9-x',
    '010-x',
    '10-x',
    '100-x',
  ]);
});

test('the order is that of GNU sort -n in the C locale', () => {
  const pieces = [
    '',
    '-',
    '0',
    '5',
    '05',
    '10',
    '-10',
    '-5',
    '1.5',
    '1.50',
    '.5',
    '-.5',
    '--5',
    '+5',
    ' 7',
    '99999999999999999999',
  ];
  const names = pieces.flatMap((piece) => [`${piece}-a`, `${piece}b`, `${piece}_`, `${piece}.`, piece]);
  const unique = [...new Set(names)].filter((name) => name !== '');
  const expected = execFileSync('sort', ['-n'], {
    input: `${unique.join('\n')}\n`,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
  });
  assert.deepEqual([...unique].reverse().sort(compareHookNames), expected.trimEnd().split('\n'));
});
