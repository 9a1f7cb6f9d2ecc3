import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildOptionRows } from '../../src/request/build-option-table.js';
import { shapesOfOptions } from '../../src/request/option-shapes.js';

test('a row becomes what the parser must know', () => {
  assert.deepEqual(
    shapesOfOptions([
      { name: 'jobs', long: 'jobs', value: 'COUNT', help: 'How many.', isAddition: true },
      { name: 'help', short: 'h', long: 'help', help: 'Help.' },
    ]),
    [
      { name: 'jobs', long: 'jobs', takesValue: true, yieldsAbbreviation: true },
      { name: 'help', short: 'h', long: 'help', takesValue: false },
    ],
  );
});

test('no two build options share a name or a spelling', () => {
  for (const key of ['name', 'short', 'long'] as const) {
    const spellings = buildOptionRows.map((row) => row[key]).filter((spelling) => spelling !== undefined);
    assert.equal(new Set(spellings).size, spellings.length, key);
  }
});
