import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipCommand } from '../../src/formats/tgz.js';

const withPigz = { find: (program: string) => (program === 'pigz' ? '/usr/bin/pigz' : undefined) };
const withoutPigz = { find: () => undefined };

test('pigz stands in for plain gzip', () => {
  assert.deepEqual(gzipCommand({ gzipProgram: 'gzip', cpuCount: 3, programs: withPigz }), {
    program: 'pigz',
    arguments: ['-9', '-n', '-p', '3'],
  });
});

test('without pigz it is gzip', () => {
  assert.deepEqual(gzipCommand({ gzipProgram: 'gzip', cpuCount: 3, programs: withoutPigz }), {
    program: 'gzip',
    arguments: ['-9', '-n'],
  });
});

test('a program that was named is used as it is', () => {
  assert.deepEqual(gzipCommand({ gzipProgram: '/opt/bin/gzip', cpuCount: 3, programs: withPigz }), {
    program: '/opt/bin/gzip',
    arguments: ['-9', '-n'],
  });
  assert.deepEqual(gzipCommand({ gzipProgram: 'igzip', cpuCount: 3, programs: withPigz }), {
    program: 'igzip',
    arguments: ['-9'],
  });
});
