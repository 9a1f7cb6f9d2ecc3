import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFault } from '../../src/base/build-error.js';
import { openFaultList } from '../../src/layout/fault-list.js';
import { thrownFaults } from './thrown-faults.js';

test('faults come in the order of the text, each with its place', () => {
  const faults = openFaultList('disk.yaml');
  faults.fault({ line: 7, column: 3 }, 'second');
  faults.fault({ line: 2, column: 9 }, 'first', 'do this');
  faults.warn({ line: 1, column: 1 }, 'hm');
  assert.deepEqual(thrownFaults(() => faults.throwAll()).map(formatFault), [
    'error LAYOUT_INVALID: first\n  at: disk.yaml:2:9\n  hint: do this',
    'error LAYOUT_INVALID: second\n  at: disk.yaml:7:3',
  ]);
  assert.deepEqual(faults.warnings, ['disk.yaml:1:1: hm']);
});

test('warnings alone throw nothing', () => {
  const faults = openFaultList('disk.yaml');
  faults.warn({ line: 1, column: 1 }, 'hm');
  faults.throwAll();
});
