import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFaultList } from '../../src/layout/fault-list.js';
import type { PlacedValue } from '../../src/layout/placed-value.js';
import { readPlacedYaml } from '../../src/layout/read-placed-yaml.js';
import { thrownFaults } from './thrown-faults.js';

function plain(value: PlacedValue): unknown {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'null') return null;
  if (value.kind === 'list') return value.items.map(plain);
  return Object.fromEntries(value.pairs.map((pair) => [pair.key, plain(pair.value)]));
}

test('scalars keep their text, empty ones are nothing', () => {
  const value = readPlacedYaml('- { a: 0700, b: 8E00, c: "x y", d: ~, e: }\n', openFaultList('t'));
  assert.deepEqual(plain(value), [{ a: '0700', b: '8E00', c: 'x y', d: null, e: null }]);
});

test('values carry line and column', () => {
  const value = readPlacedYaml('- a:\n    b: 1\n', openFaultList('t'));
  assert.deepEqual(value, {
    kind: 'list',
    place: { line: 1, column: 1 },
    items: [
      {
        kind: 'map',
        place: { line: 1, column: 3 },
        pairs: [
          {
            key: 'a',
            keyPlace: { line: 1, column: 3 },
            value: {
              kind: 'map',
              place: { line: 2, column: 5 },
              pairs: [
                {
                  key: 'b',
                  keyPlace: { line: 2, column: 5 },
                  value: { kind: 'text', text: '1', isQuoted: false, place: { line: 2, column: 8 } },
                },
              ],
            },
          },
        ],
      },
    ],
  });
});

test('aliases and merge keys are followed', () => {
  const value = readPlacedYaml('- &x { a: 1, b: 2 }\n- { <<: *x, b: 3 }\n- *x\n', openFaultList('t'));
  assert.deepEqual(plain(value), [
    { a: '1', b: '2' },
    { b: '3', a: '1' },
    { a: '1', b: '2' },
  ]);
});

test('syntax faults have their place', () => {
  const faults = openFaultList('disk.yaml');
  readPlacedYaml('- a: 1\n  a: 2\n- "x\n', faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ where, message }) => [where, message]),
    [
      ['disk.yaml:2:3', 'not valid YAML: Map keys must be unique'],
      ['disk.yaml:4:1', 'not valid YAML: Missing closing "quote'],
    ],
  );
});

test('one broken place is one fault, whatever the parser says after it', () => {
  const faults = openFaultList('disk.yaml');
  readPlacedYaml('- local_loop:\n\tname: image0\n', faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ where, message }) => [where, message]),
    [['disk.yaml:2:1', 'not valid YAML: Tabs are not allowed as indentation']],
  );
});

test('an alias inside its own anchor is a fault', () => {
  const faults = openFaultList('t');
  readPlacedYaml('- &a [ *a ]\n', faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    ['alias *a names no anchor that is complete at this point'],
  );
});

test('an empty text is nothing', () => {
  assert.equal(readPlacedYaml('', openFaultList('t')).kind, 'null');
});
