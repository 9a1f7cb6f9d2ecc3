import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveYaml11Integer, resolveYaml11Scalar } from '../../src/layout/resolve-yaml11-scalar.js';

test('plain scalars mean what YAML 1.1 says', () => {
  const scalars: readonly (readonly [string, string | number | boolean | null])[] = [
    ['8E00', '8E00'],
    ['1e3', '1e3'],
    ['0700', 448],
    ['0x41', 65],
    ['8300', 8300],
    ['EF00', 'EF00'],
    ['on', true],
    ['yes', true],
    ['off', false],
    ['no', false],
    ['12:30', 750],
    ['1_0', 10],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.5e+3', 1500],
    ['~', null],
    ['', null],
    ['08', '08'],
    ['-12', -12],
    ['0b101', 5],
    ['0', 0],
  ];
  for (const [text, value] of scalars) assert.deepEqual(resolveYaml11Scalar(text), value, text);
});

test('only integers are integers', () => {
  assert.equal(resolveYaml11Integer('1.5'), undefined);
  assert.equal(resolveYaml11Integer('yes'), undefined);
  assert.equal(resolveYaml11Integer('+7'), 7);
});
