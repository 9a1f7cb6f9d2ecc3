import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OptionShape, parseLongOptions } from '../../src/request/getopt-long.js';

const shapes: readonly OptionShape[] = [
  { name: 'all', short: 'a', takesValue: false },
  { name: 'trace', short: 'x', takesValue: false },
  { name: 'output', short: 'o', long: 'output', takesValue: true },
  { name: 'image-size', long: 'image-size', takesValue: true },
  { name: 'image-cache', long: 'image-cache', takesValue: true },
  { name: 'offline', long: 'offline', takesValue: false },
  { name: 'size', long: 'size', takesValue: true },
  { name: 'size-limit', long: 'size-limit', takesValue: true },
  { name: 'checksum', long: 'checksum', takesValue: false },
  { name: 'cache', long: 'cache', takesValue: true, yieldsAbbreviation: true },
];

function parse(line: string, isPosixOrder = false) {
  const { uses, operands, faults } = parseLongOptions({
    shapes,
    arguments: line === '' ? [] : line.split(' ').map((word) => (word === "''" ? '' : word)),
    isPosixOrder,
  });
  return {
    uses: uses.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)),
    operands,
    faults: faults.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
  };
}

test('options and operands come in any order', () => {
  assert.deepEqual(parse('vm -o x debian --offline base'), {
    uses: ['output=x', 'offline'],
    operands: ['vm', 'debian', 'base'],
    faults: [],
  });
});

test('short flags are bundled and repeated, the last may take the rest as its value', () => {
  assert.deepEqual(parse('-xxa -xo out -xoattached').uses, [
    'trace',
    'trace',
    'all',
    'trace',
    'output=out',
    'trace',
    'output=attached',
  ]);
});

test('long options take values in both spellings, an empty one too', () => {
  assert.deepEqual(parse('--output=a=b --output c --output= --output --offline').uses, [
    'output=a=b',
    'output=c',
    'output=',
    'output=--offline',
  ]);
});

test('a value may look like an option or like the end of options', () => {
  assert.deepEqual(parse('-o -x -o -- vm'), { uses: ['output=-x', 'output=--'], operands: ['vm'], faults: [] });
});

test('long options may be shortened while they stay clear, and an exact name wins', () => {
  assert.deepEqual(parse('--off --out x --size 1 --size-l 2 --image-s 3'), {
    uses: ['offline', 'output=x', 'size=1', 'size-limit=2', 'image-size=3'],
    operands: [],
    faults: [],
  });
});

test('an unclear beginning lists what it could be', () => {
  assert.deepEqual(parse('--image=1').faults, [
    "option '--image' is ambiguous; possibilities: '--image-size' '--image-cache'",
  ]);
});

test('options that yield keep older abbreviations clear', () => {
  assert.deepEqual(parse('--c --ca=on').uses, ['checksum', 'cache=on']);
});

test('two dashes end the options', () => {
  assert.deepEqual(parse('-a -- -x --offline'), { uses: ['all'], operands: ['-x', '--offline'], faults: [] });
});

test('a single dash and an empty word are operands', () => {
  assert.deepEqual(parse("- '' vm").operands, ['-', '', 'vm']);
});

test('POSIXLY_CORRECT ends the options at the first operand', () => {
  assert.deepEqual(parse('-a vm -x -- --offline', true), {
    uses: ['all'],
    operands: ['vm', '-x', '--', '--offline'],
    faults: [],
  });
});

test('all faults are reported, with what was meant', () => {
  assert.deepEqual(parse('--ofline -q --offline=1 -offline --unlike -o').faults, [
    "unrecognized option '--ofline' (did you mean --offline?)",
    "invalid option -- 'q'",
    "option '--offline' doesn't allow an argument",
    // -o takes "ffline", as GNU getopt does.
    "unrecognized option '--unlike'",
    "option requires an argument -- 'o'",
  ]);
  assert.deepEqual(parse('--size').faults, ["option '--size' requires an argument"]);
});

test('one dash before a long name is recognised', () => {
  assert.deepEqual(parse('-checksum').faults.slice(0, 1), ["invalid option -- 'c' (did you mean --checksum?)"]);
});

test('the same words give the same answer as getopt(1)', async (context) => {
  const { spawnSync } = await import('node:child_process');
  const hasGetopt = spawnSync('getopt', ['--test']).status === 4;
  if (!hasGetopt) return context.skip('util-linux getopt is not installed');
  const long = shapes.flatMap((shape) =>
    shape.long === undefined || shape.name === 'cache' ? [] : [`${shape.long}${shape.takesValue ? ':' : ''}`],
  );
  const lines = [
    'vm -o x debian --offline base',
    '-xxa -xo out -xoatt',
    '--out=a=b --size-l 3 -- -x',
    '- vm --che',
    '-o -- -a',
    '--image-c d -ax',
  ];
  for (const line of lines) {
    const expected = spawnSync('getopt', ['-u', '-o', 'axo:', '-l', long.join(','), '--', ...line.split(' ')], {
      encoding: 'utf8',
    });
    const { uses, operands } = parse(line);
    const spelled = uses.flatMap((use) => {
      const [name = '', ...value] = use.split('=');
      const shape = shapes.find((candidate) => candidate.name === name);
      const flag =
        shape?.short !== undefined && !(name === 'output' && line.includes('--out'))
          ? `-${shape.short}`
          : `--${shape?.long}`;
      return value.length === 0 ? [flag] : [flag, value.join('=')];
    });
    assert.equal([...spelled, '--', ...operands].join(' '), expected.stdout.trim(), line);
  }
});
