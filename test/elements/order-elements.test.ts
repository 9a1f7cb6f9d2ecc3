import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderElements } from '../../src/elements/order-elements.js';

function order(requested: readonly string[], dependencies: Readonly<Record<string, readonly string[]>>, provided = {}) {
  const providers: Readonly<Record<string, string>> = provided;
  return orderElements({
    requested,
    reached: [...requested, ...Object.keys(dependencies)],
    dependenciesOf: (name) => dependencies[name] ?? [],
    providerOf: (name) => providers[name],
  });
}

test('dependencies come first, in the order of the list that names them', () => {
  assert.deepEqual(order(['a'], { a: ['c', 'b'], b: [], c: [] }), ['c', 'b', 'a']);
});

test('a provided name stands for its provider and is itself left out', () => {
  assert.deepEqual(order(['vm', 'mbr'], { vm: ['disk'], mbr: [] }, { disk: 'mbr' }), ['mbr', 'vm']);
});

test('the order is the same whatever the order in which names were reached', () => {
  const dependenciesOf = (name: string): string[] => (name === 'a' ? ['b', 'c'] : []);
  const providerOf = (): undefined => undefined;
  for (const reached of [
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
  ]) {
    assert.deepEqual(orderElements({ requested: ['a'], reached, dependenciesOf, providerOf }), ['b', 'c', 'a']);
  }
});
