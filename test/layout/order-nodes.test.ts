import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFaultList } from '../../src/layout/fault-list.js';
import type { LayoutNode, NodeKind } from '../../src/layout/layout-node.js';
import { orderNodes } from '../../src/layout/order-nodes.js';
import { thrownFaults } from './thrown-faults.js';

const node = (kind: NodeKind, name: string, base?: string, kinds: readonly NodeKind[] = []): LayoutNode => ({
  kind,
  name,
  place: { line: 1, column: 1 },
  references: base === undefined ? [] : [{ word: { text: base, place: { line: 2, column: 2 } }, kinds }],
  madeAfter: base === undefined ? [] : [base],
  madeBefore: [],
});

test('nodes come by generations', () => {
  const nodes = [
    node('mount', 'm', 'fs', ['mkfs']),
    node('mkfs', 'fs', 'disk', ['local_loop']),
    node('local_loop', 'disk'),
  ];
  assert.deepEqual(orderNodes(nodes, openFaultList('t')), ['disk', 'fs', 'm']);
});

test('an unknown name is reported with the nearest of the right kind', () => {
  const faults = openFaultList('t');
  orderNodes([node('mkfs', 'fs', 'dist', ['local_loop']), node('local_loop', 'disk'), node('mkfs', 'dust')], faults);
  orderNodes([node('mkfs', 'fs', 'elsewhere', ['partition', 'local_loop'])], faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message, hint, where }) => [where, message, hint]),
    [
      ['t:2:2', 'mkfs "fs" stands on "dist", which does not exist (dist → fs)', 'did you mean "disk"?'],
      ['t:2:2', 'mkfs "fs" stands on "elsewhere", which does not exist (elsewhere → fs)', 'there is: none'],
    ],
  );
});

test('a cycle is reported once, with its names', () => {
  const faults = openFaultList('t');
  orderNodes([node('mkfs', 'a', 'b', ['local_loop']), node('mkfs', 'b', 'a', ['local_loop'])], faults);
  assert.deepEqual(
    thrownFaults(() => faults.throwAll()).map(({ message }) => message),
    ['these stand on each other: a → b → a'],
  );
});
