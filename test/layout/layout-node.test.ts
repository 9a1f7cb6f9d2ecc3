import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFaultList } from '../../src/layout/fault-list.js';
import { edgesOf, type LayoutNode, withoutDuplicates } from '../../src/layout/layout-node.js';
import { thrownFaults } from './thrown-faults.js';

const node = (name: string, madeAfter: readonly string[] = [], madeBefore: readonly string[] = []): LayoutNode => ({
  kind: 'mkfs',
  name,
  place: { line: 4, column: 3 },
  references: [],
  madeAfter,
  madeBefore,
});

test('edges lead between known names in the order written', () => {
  assert.deepEqual(edgesOf([node('a', ['x', 'b'], ['c']), node('b'), node('c', ['b'])]), [
    { before: 'b', after: 'a' },
    { before: 'a', after: 'c' },
    { before: 'b', after: 'c' },
  ]);
});

test('the first of a name stays, the others are faults', () => {
  const faults = openFaultList('t');
  const first = node('a');
  assert.deepEqual(withoutDuplicates([first, node('b'), { ...node('a'), kind: 'mount' }], faults), [first, node('b')]);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    ['the name "a" of a mount is already that of the mkfs at line 4'],
  );
});
