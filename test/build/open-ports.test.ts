import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openIdentities } from '../../src/build/open-ports.js';

test('a seed gives the same identifiers in every build, different ones for each purpose', () => {
  const one = openIdentities('1700000000');
  const other = openIdentities('1700000000');
  assert.equal(one.uuid('root'), other.uuid('root'));
  assert.notEqual(one.uuid('root'), one.uuid('boot'));
  assert.match(one.uuid('root'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('without a seed two builds differ, one build is consistent', () => {
  const one = openIdentities();
  assert.equal(one.uuid('root'), one.uuid('root'));
  assert.notEqual(one.uuid('root'), openIdentities().uuid('root'));
});

test('as many bytes come as were asked for', () => {
  assert.equal(openIdentities('x').bytes('key', 70).length, 70);
  assert.deepEqual(openIdentities('x').bytes('key', 4), openIdentities('x').bytes('key', 70).subarray(0, 4));
});
