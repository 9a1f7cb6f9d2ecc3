import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBases, checkIdentities } from '../../src/layout/check-bases.js';
import { openFaultList } from '../../src/layout/fault-list.js';
import { thrownFaults } from './thrown-faults.js';

const at = (line: number) => ({ line, column: 1 });

test('a device has one user', () => {
  const faults = openFaultList('t');
  checkBases(
    [
      { what: 'mkfs "a"', base: 'root', place: at(1) },
      { what: 'mkfs "b"', base: 'root', place: at(2) },
      { what: 'mkfs "c"', base: '', place: at(3) },
      { what: 'mkfs "d"', base: '', place: at(4) },
    ],
    faults,
  );
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    ['mkfs "b" and mkfs "a" (line 1) both write to "root"'],
  );
});

test('labels and UUIDs are unique', () => {
  const faults = openFaultList('t');
  checkIdentities(
    [
      { name: 'a', label: 'ROOT', uuid: '1', place: at(1) },
      { name: 'b', label: 'root', uuid: '2', place: at(2) },
      { name: 'c', label: 'ROOT', uuid: '1', place: at(3) },
      { name: 'd', label: 'x', place: at(4) },
      { name: 'e', label: 'y', place: at(5) },
    ],
    faults,
  );
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    ['label "ROOT" is used by "a" and "c"', 'uuid 1 is used by "a" and "c"'],
  );
});
