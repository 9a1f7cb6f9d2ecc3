import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDibHelp } from '../../src/cli/render-dib-help.js';

test('subcommands have a line each', () => {
  const rows = [
    {
      name: 'elements list',
      summary: 'List the elements that can be used here and now.',
      operands: '',
      operandKind: { kind: 'none' },
      options: [],
      usageStatus: 1,
    },
  ] as const;
  assert.equal(
    renderDibHelp(rows, 60),
    [
      'Usage: dib SUBCOMMAND [OPTION…] [ARGUMENT…]',
      '',
      'Builds disk images from elements.',
      '',
      'Subcommands:',
      '  elements list     List the elements that can be used here',
      '                    and now.',
      '',
      'dib help SUBCOMMAND shows the options of one; dib --version the version.',
      '',
    ].join('\n'),
  );
});
