import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHelp, spellOption, wrapText } from '../../src/cli/render-help.js';

const row = {
  name: 'thing',
  summary: 'Does a thing.',
  operands: 'FILE…',
  operandKind: { kind: 'files' },
  options: [
    { name: 'fast', short: 'f', help: 'Be fast.', isHiddenForRamdisk: true },
    { name: 'size', long: 'size', value: 'GIB', help: 'How large it may become at most, in GiB, fractions allowed.' },
    { name: 'help', short: 'h', long: 'help', help: 'Show this help.' },
    { name: 'long', long: 'an-option-with-a-long-name', value: 'VALUE', help: 'Below.' },
  ],
  notes: ['A note.'],
  usageStatus: 1,
} as const;

test('options stand in two columns, wrapped', () => {
  assert.equal(
    renderHelp({ command: 'dib thing', row, columns: 60 }),
    [
      'Usage: dib thing [OPTION…] FILE…',
      '',
      'Does a thing.',
      '',
      'Options:',
      '  -f                        Be fast.',
      '      --size GIB            How large it may become at most,',
      '                            in GiB, fractions allowed.',
      '  -h, --help                Show this help.',
      '      --an-option-with-a-long-name VALUE',
      '                            Below.',
      '',
      'A note.',
      '',
    ].join('\n'),
  );
});

test('hidden options are left out for ramdisks', () => {
  assert.doesNotMatch(renderHelp({ command: 'x', row, isRamdisk: true, columns: 60 }), /-f/);
});

test('without options or operands nothing is promised', () => {
  const bare = { ...row, options: [], operands: '', notes: [] };
  assert.equal(renderHelp({ command: 'x', row: bare, columns: 60 }), 'Usage: x\n\nDoes a thing.\n');
});

test('an option is spelled with all its names', () => {
  assert.equal(spellOption({ name: 'a', short: 'a', long: 'arch', value: 'ARCH', help: '' }), '-a, --arch ARCH');
});

test('words longer than a line are kept whole', () => {
  assert.deepEqual(wrapText('a verylongword b c', 5), ['a', 'verylongword', 'b c']);
  assert.deepEqual(wrapText('', 5), ['']);
});
