import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from '../../src/base/build-error.js';
import { parseCommandLine } from '../../src/cli/parse-command-line.js';

const row = {
  name: 'boot',
  summary: '',
  operands: 'IMAGE',
  operandKind: { kind: 'files' },
  options: [
    { name: 'memory', long: 'memory', value: 'MIB', help: '' },
    { name: 'write', long: 'write', help: '' },
    { name: 'help', short: 'h', help: '' },
  ],
  usageStatus: 1,
} as const;

function parse(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return parseCommandLine({ row, arguments: words, count: { minimum: 1, maximum: 1 }, environment });
}

test('options and operands are told apart', () => {
  const line = parse(['--memory', '1', 'x.raw', '--memory=2']);
  assert.deepEqual(line.operands, ['x.raw']);
  assert.equal(line.value('memory'), '2');
  assert.deepEqual(line.values('memory'), ['1', '2']);
  assert.equal(line.has('write'), false);
});

test('too few and too many operands are faults, reported with wrong options', () => {
  assert.throws(() => parse([]), { code: 'USAGE', message: 'boot needs IMAGE', hint: 'see --help' });
  assert.throws(
    () => parse(['a', 'b', 'c', '--bogus']),
    (error) => {
      assert.deepEqual(
        faultsOf(error).map(({ message }) => message),
        ["unrecognized option '--bogus'", 'boot does not know what to do with "b c"'],
      );
      return true;
    },
  );
});

test('help needs no operands', () => {
  assert.equal(parse(['-h']).has('help'), true);
});

test('POSIXLY_CORRECT is honoured', () => {
  assert.throws(() => parse(['a', '--write'], { POSIXLY_CORRECT: '1' }), {
    message: 'boot does not know what to do with "--write"',
  });
});
