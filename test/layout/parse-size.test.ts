import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSize, readSize } from '../../src/layout/parse-size.js';

const place = { line: 1, column: 1 };

test('units are powers of 1024 or of 1000', () => {
  const sizes: readonly (readonly [string, number])[] = [
    ['154MiB', 161480704],
    ['198', 198],
    ['364', 364],
    ['20TiB', 20 * 1024 ** 4],
    ['1024KiB', 1048576],
    ['512B', 512],
    ['1.2TB', 1200000000000],
    ['2.4T', 2400000000000],
    ['0.1GiB', 107374182],
    ['.5G', 500000000],
    ['5.', 5],
    ['1.5', 1],
    ['5 GiB', 5368709120],
    ['5G', 5000000000],
    ['GiB', 1073741824],
    ['', 1],
    ['1K', 1000],
    ['3KB', 3000],
    ['2M', 2000000],
    ['10MB', 10000000],
  ];
  for (const [text, sizeBytes] of sizes) assert.deepEqual(parseSize(text), { kind: 'bytes', sizeBytes }, text);
});

test('a percentage keeps its fraction', () => {
  assert.deepEqual(parseSize('33.3%'), { kind: 'percent', percent: 33.3 });
  assert.deepEqual(parseSize('100%'), { kind: 'percent', percent: 100 });
  assert.deepEqual(parseSize('1e2%'), { kind: 'percent', percent: 100 });
});

test('what is no size says why', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['5  GiB', 'not a number with a unit'],
    ['+5', 'not a number with a unit'],
    ['1,5G', 'not a number with a unit'],
    ['_+!HuHi+-=', 'not a number with a unit'],
    ['-5G', 'a size cannot be negative'],
    ['747InVaLiDUnIt', 'unknown unit "InVaLiDUnIt"'],
    ['5g', 'unknown unit "g"'],
    ['12kB', 'unknown unit "kB"'],
    ['1e3', 'unknown unit "e3"'],
    ['1.2.3G', '"1.2.3" is not a number'],
    ['.', '"." is not a number'],
    ['%', '"" is not a number'],
    ['nan%', '"nan" is not a number'],
    ['inf%', '"inf" is not a number'],
    ['-1%', 'a percentage cannot be negative'],
    ['101%', '101 % is more than the 100 % that are free'],
    ['99999999TiB', 'larger than any disk'],
  ];
  for (const [text, reason] of wrong) assert.deepEqual(parseSize(text), { kind: 'wrong', reason }, text);
});

test('an unquoted YAML integer is bytes', () => {
  const read = (text: string, isQuoted: boolean) => readSize({ kind: 'text', text, isQuoted, place });
  assert.deepEqual(read('1048576', false), { kind: 'bytes', sizeBytes: 1048576 });
  assert.deepEqual(read('0x100000', false), { kind: 'bytes', sizeBytes: 1048576 });
  assert.deepEqual(read('0x100000', true), { kind: 'wrong', reason: 'unknown unit "x100000"' });
  assert.deepEqual(read('-1', false), { kind: 'wrong', reason: 'a size cannot be negative' });
  assert.deepEqual(readSize({ kind: 'null', place }), { kind: 'wrong', reason: 'a size is a number with a unit' });
});
